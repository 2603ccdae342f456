from __future__ import annotations

import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from py_forest.core.errors import TickNotFound
from py_forest.core.history import ExecutionHistory, HistoryStore, InMemoryHistoryStore
from py_forest.core.packing import pack, unpack
from py_forest.kit.clock import VirtualClock
from py_forest.models.snapshots import ExecutionSnapshot, NodeState
from tests.core.history_stores import HistoryStoreContract, snapshot
from tests.profile import scaled

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from py_forest.models.fields import StatusName


class TestInMemoryHistoryStore(HistoryStoreContract):
    def make(self) -> HistoryStore:
        return InMemoryHistoryStore()


class PlainStore(HistoryStore):
    """The least a store can be; it also counts what it is asked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, int], ExecutionSnapshot] = {}
        self.asked: list[str] = []

    def add_snapshot(self, snapshot: ExecutionSnapshot) -> None:
        self.asked.append("add_snapshot")
        self.kept[snapshot.execution_id, snapshot.tick_count] = snapshot.model_copy(deep=True)

    def get_snapshot(self, execution_id: UUID | str, tick: int) -> ExecutionSnapshot | None:
        self.asked.append("get_snapshot")
        found = self.kept.get((str(execution_id), tick))
        return None if found is None else found.model_copy(deep=True)

    def get_range(self, execution_id: UUID | str, start: int, end: int) -> list[ExecutionSnapshot]:
        self.asked.append("get_range")
        return [s for s in self._of(execution_id) if start <= s.tick_count <= end]

    def get_all(self, execution_id: UUID | str) -> list[ExecutionSnapshot]:
        self.asked.append("get_all")
        return self._of(execution_id)

    def get_latest(self, execution_id: UUID | str) -> ExecutionSnapshot | None:
        self.asked.append("get_latest")
        return next(reversed(self._of(execution_id)), None)

    def clear(self, execution_id: UUID | str) -> int:
        self.asked.append("clear")
        gone = [key for key in self.kept if key[0] == str(execution_id)]
        for key in gone:
            del self.kept[key]
        return len(gone)

    def count(self, execution_id: UUID | str) -> int:
        self.asked.append("count")
        return len(self._of(execution_id))

    def _of(self, execution_id: UUID | str) -> list[ExecutionSnapshot]:
        return [s for (e, _), s in sorted(self.kept.items()) if e == str(execution_id)]


class TestPlainStore(HistoryStoreContract):
    def make(self) -> HistoryStore:
        return PlainStore()


def ticks(store: HistoryStore, execution_id: str = "e") -> list[int]:
    return [s.tick_count for s in store.get_all(execution_id)]


def fill(store: HistoryStore, count: int, execution_id: str = "e") -> None:
    for tick in range(1, count + 1):
        store.add_snapshot(snapshot(execution_id, tick))


def test_the_abstract_store_cannot_be_made() -> None:
    make: Any = HistoryStore
    with pytest.raises(TypeError, match="abstract"):
        make()


def test_the_oldest_tick_goes_first() -> None:
    store = InMemoryHistoryStore(3)
    fill(store, 5)

    assert ticks(store) == [3, 4, 5]
    assert store.count("e") == 3
    assert store.get_snapshot("e", 2) is None


def test_a_thousand_snapshots_are_kept_by_default() -> None:
    store = InMemoryHistoryStore()
    fill(store, 1001)

    assert store.count("e") == 1000


@pytest.mark.parametrize(
    "make",
    [
        lambda: InMemoryHistoryStore(0),
        lambda: InMemoryHistoryStore(max_total=0),
        lambda: InMemoryHistoryStore(max_age_s=0),
        lambda: InMemoryHistoryStore().set_limit("e", 0),
    ],
)
def test_a_limit_out_of_range_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"at least one|above 0"):
        make()


def test_executions_can_have_limits_of_their_own() -> None:
    store = InMemoryHistoryStore(10)
    store.set_limit("small", 2)
    fill(store, 5, "small")
    fill(store, 5, "large")
    assert (store.count("small"), store.count("large")) == (2, 5)

    store.set_limit("large", 3)
    assert ticks(store, "large") == [3, 4, 5]
    store.clear("small")
    fill(store, 5, "small")
    assert store.count("small") == 5


def test_over_the_total_the_least_recently_used_execution_goes() -> None:
    store = InMemoryHistoryStore(max_total=6)
    fill(store, 2, "a")
    fill(store, 2, "b")
    fill(store, 2, "c")
    assert store.get_latest("a") is not None

    store.add_snapshot(snapshot("d"))
    assert [store.count(each) for each in "abcd"] == [2, 0, 2, 1]

    store.clear("c")
    store.clear("a")
    fill(store, 9, "d")
    assert ticks(store, "d") == [4, 5, 6, 7, 8, 9]


def test_executions_nobody_used_for_too_long_are_forgotten_without_a_call() -> None:
    clock = VirtualClock()
    store = InMemoryHistoryStore(max_age_s=60, clock=clock)
    fill(store, 2, "old")
    clock.advance(50)
    fill(store, 2, "new")
    assert store.get_latest("old") is not None
    clock.advance(55)
    assert (store.count("old"), store.count("new")) == (2, 2)

    store.add_snapshot(snapshot("new", 3))
    clock.advance(10)
    assert (store.count("old"), store.count("new")) == (0, 3)


def test_cleanup_says_how_many_executions_it_forgot() -> None:
    clock = VirtualClock()
    store = InMemoryHistoryStore(max_age_s=60, clock=clock)
    fill(store, 1, "a")
    fill(store, 1, "b")
    assert store.cleanup() == 0
    clock.advance(61)
    assert store.cleanup() == 2
    assert InMemoryHistoryStore().cleanup() == 0


def test_a_thousand_ticks_of_a_hundred_nodes_fit_into_twenty_megabytes() -> None:
    ids = [f"node-{index:032d}" for index in range(100)]
    names = [f"variable_{index}" for index in range(50)]
    statuses: tuple[StatusName, ...] = ("SUCCESS", "FAILURE", "RUNNING")
    states = [NodeState(status=status, tick_count=7) for status in statuses]
    # A share of the ticks is a share of the bytes; measuring them is slow.
    count = scaled(250, 1000)
    store = InMemoryHistoryStore(count)
    blackboard: dict[str, Any] = {name: [index] * 10 for index, name in enumerate(names)}

    tracemalloc.start()
    for tick in range(1, count + 1):
        blackboard[names[tick * 7919 % 50]] = {"tick": tick, "text": "x" * 50}
        store.add_snapshot(
            ExecutionSnapshot.model_construct(
                execution_id="e",
                tick_count=tick,
                node_states={
                    node_id: states[tick * index % 3] for index, node_id in enumerate(ids)
                },
                blackboard=blackboard,
            )
        )
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert store.count("e") == count
    assert held < count * 5_000


def test_what_does_not_change_is_held_once() -> None:
    ids = [str(index) for index in range(300)]
    nodes = {node_id: NodeState(tick_count=1) for node_id in ids}
    first = pack(snapshot(node_states=nodes, blackboard={"a": [1], "b": 0.0}))
    same = pack(snapshot(tick=2, node_states=nodes, blackboard={"a": [1], "b": 0.0}), first)
    nodes["299"] = NodeState(status="SUCCESS", tick_count=1)
    other = pack(snapshot(tick=3, node_states=nodes, blackboard={"a": [1], "b": -0.0}), same)

    assert same.nodes.ids is first.nodes.ids
    assert same.values is first.values
    assert other.nodes.states[0] is first.nodes.states[0]
    assert other.nodes.states[2] is not first.nodes.states[2]
    assert str(unpack(other).blackboard["b"]) == "-0.0"


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
boards = st.dictionaries(st.sampled_from("abcde"), values)
node_maps = st.dictionaries(
    st.sampled_from([str(index) for index in range(6)]),
    st.builds(
        NodeState,
        status=st.sampled_from(["INVALID", "RUNNING", "SUCCESS", "FAILURE", "SKIPPED"]),
        feedback_message=st.sampled_from(["", "why"]),
        is_current_child=st.booleans(),
        tick_count=st.integers(0, 2**40),
    ),
)


@settings(max_examples=20)
@given(st.lists(st.tuples(node_maps, boards), min_size=1, max_size=4))
def test_packing_loses_nothing_whatever_came_before(
    steps: list[tuple[dict[str, NodeState], dict[str, Any]]],
) -> None:
    packed = None
    for tick, (nodes, board) in enumerate(steps):
        whole = snapshot(tick=tick, node_states=nodes, blackboard=board)
        packed = pack(whole, packed)
        assert repr(unpack(packed)) == repr(whole)


def test_a_history_asks_its_store_for_everything() -> None:
    store = PlainStore()
    history = ExecutionHistory(store)
    history.record_snapshot(snapshot(tick=1))
    history.record_packed(pack(snapshot(tick=2)))
    history.get_all("e")
    history.get_tick("e", 1)
    history.get_range("e", 1, 2)
    history.get_latest("e")
    history.count("e")
    history.clear("e")

    assert store.asked == [
        "add_snapshot",
        "add_snapshot",
        "get_all",
        "get_snapshot",
        "get_range",
        "get_latest",
        "count",
        "clear",
    ]


def test_changes_name_what_was_added_changed_and_removed() -> None:
    history = ExecutionHistory(InMemoryHistoryStore())
    history.record_snapshot(
        snapshot(
            tick=5,
            root_status="RUNNING",
            node_states={
                "a": NodeState(status="RUNNING"),
                "b": NodeState(status="SUCCESS"),
                "gone": NodeState(),
            },
            blackboard={"same": 1, "changed": 1, "removed": [1]},
        )
    )
    history.record_snapshot(
        snapshot(
            tick=10,
            root_status="SUCCESS",
            node_states={
                "a": NodeState(status="SUCCESS"),
                "b": NodeState(status="SUCCESS"),
                "new": NodeState(status="FAILURE"),
            },
            blackboard={"same": 1, "changed": True, "added": {"k": None}},
        )
    )

    assert history.get_changes("e", 5, 10) == {
        "status_changes": [
            {"field": "root_status", "old_value": "RUNNING", "new_value": "SUCCESS"}
        ],
        "blackboard_changes": [
            {"key": "changed", "change": "changed", "old_value": 1, "new_value": True},
            {"key": "removed", "change": "removed", "old_value": [1], "new_value": None},
            {"key": "added", "change": "added", "old_value": None, "new_value": {"k": None}},
        ],
        "node_changes": [
            {
                "node_id": "a",
                "change": "changed",
                "old_status": "RUNNING",
                "new_status": "SUCCESS",
            },
            {"node_id": "gone", "change": "removed", "old_status": "INVALID", "new_status": None},
            {"node_id": "new", "change": "added", "old_status": None, "new_status": "FAILURE"},
        ],
    }
    assert history.get_changes("e", 5, 5) == {
        "status_changes": [],
        "blackboard_changes": [],
        "node_changes": [],
    }


@pytest.mark.parametrize(
    ("old", "new", "is_change"),
    [
        (1, 1.0, True),
        (1, True, True),
        (0.0, -0.0, True),
        ([1, {"a": 1, "b": 2}], [1, {"b": 2, "a": 1}], False),
        ([1], [1.0], True),
        ("1", 1, True),
        (None, None, False),
    ],
)
def test_a_value_of_another_type_is_another_value(
    old: object, new: object, is_change: bool
) -> None:
    history = ExecutionHistory(InMemoryHistoryStore())
    history.record_snapshot(snapshot(tick=1, blackboard={"k": old}))
    history.record_snapshot(snapshot(tick=2, blackboard={"k": new}))

    assert bool(history.get_changes("e", 1, 2)["blackboard_changes"]) is is_change


def test_a_tick_that_is_not_there_has_no_changes_and_a_range_goes_forward() -> None:
    history = ExecutionHistory(InMemoryHistoryStore())
    history.record_snapshot(snapshot(tick=1))

    with pytest.raises(TickNotFound, match="tick 2 of execution e is not in the history"):
        history.get_changes("e", 1, 2)
    with pytest.raises(KeyError):
        history.get_changes("e", 0, 1)
    with pytest.raises(ValueError, match="goes forward"):
        history.get_range("e", 2, 1)


def test_the_history_of_one_execution_has_the_short_forms() -> None:
    history = ExecutionHistory(InMemoryHistoryStore())
    for tick in (1, 2, 3):
        history.record_snapshot(snapshot(tick=tick))
    one = history.for_execution("e")

    assert [s.tick_count for s in one.get_all()] == [1, 2, 3]
    assert one.get_snapshot(2) == one.get_tick(2) == history.get_tick("e", 2)
    assert [s.tick_count for s in one.get_range(2, 3)] == [2, 3]
    assert one.get_latest() == one.get_tick(3)
    assert one.get_changes(1, 2)["node_changes"] == []
    assert one.count() == 3
    assert one.clear() == 3
    assert one.get_latest() is None


def test_threads_can_write_and_read_one_store_at_once() -> None:
    store = InMemoryHistoryStore(50, max_total=150)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for tick in range(1, 201):
                store.add_snapshot(snapshot(name, tick))
                store.get_range("a", 1, 200)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert sum(store.count(name) for name in "abcd") <= 150
