"""What every `HistoryStore` must do; a store's own test module runs these against it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from py_forest.models.snapshots import ExecutionSnapshot, NodeState

if TYPE_CHECKING:
    from py_forest.core.history import HistoryStore


def snapshot(execution_id: str = "e", tick: int = 1, **fields: object) -> ExecutionSnapshot:
    """Make a snapshot of one tick."""
    return ExecutionSnapshot.model_validate(
        {"execution_id": execution_id, "tick_count": tick, **fields}
    )


class HistoryStoreContract:
    def make(self) -> HistoryStore:
        raise AssertionError("each store says how it is made")

    def filled(self, *ticks: int) -> HistoryStore:
        store = self.make()
        for tick in ticks:
            store.add_snapshot(snapshot(tick=tick))
        return store

    def test_it_returns_what_it_was_given(self) -> None:
        store = self.make()
        given = snapshot(
            tick=4,
            tree_id="t",
            tree_version="2",
            root_status="RUNNING",
            tip_node_id="b",
            mode="auto",
            is_running=True,
            node_states={
                "a": NodeState(status="RUNNING", is_current_child=True, tick_count=4),
                "b": NodeState(
                    status="RUNNING", feedback_message="waits", is_tip=True, tick_count=2
                ),
                "c": NodeState(),
            },
            blackboard={"n": 1, "x": 1.0, "b": True, "s": "text", "z": None, "l": [1, {"k": []}]},
        )
        store.add_snapshot(given)

        assert store.get_snapshot("e", 4) == given
        assert repr(store.get_snapshot("e", 4)) == repr(given)

    def test_a_tick_it_does_not_have_is_none(self) -> None:
        store = self.filled(1, 2)

        assert store.get_snapshot("e", 3) is None
        assert store.get_snapshot("other", 1) is None

    def test_a_range_includes_both_ends_and_is_in_order(self) -> None:
        store = self.filled(3, 1, 2, 5, 4)

        assert [s.tick_count for s in store.get_range("e", 2, 4)] == [2, 3, 4]
        assert [s.tick_count for s in store.get_range("e", 0, 10**9)] == [1, 2, 3, 4, 5]
        assert store.get_range("e", 6, 9) == []
        assert store.get_range("e", 4, 2) == []
        assert store.get_range("other", 1, 5) == []

    def test_all_are_in_the_order_of_ticks(self) -> None:
        store = self.filled(2, 3, 1)

        assert [s.tick_count for s in store.get_all("e")] == [1, 2, 3]
        assert store.get_all("other") == []

    def test_the_latest_is_the_newest_tick(self) -> None:
        store = self.filled(2, 3, 1)
        latest = store.get_latest("e")

        assert latest is not None
        assert latest.tick_count == 3
        assert store.get_latest("other") is None

    def test_clear_forgets_one_execution_and_says_how_much(self) -> None:
        store = self.filled(1, 2)
        store.add_snapshot(snapshot("other"))

        assert store.clear("e") == 2
        assert store.clear("e") == 0
        assert store.get_all("e") == []
        assert store.count("other") == 1

    def test_the_same_tick_again_replaces_it(self) -> None:
        store = self.filled(1)
        store.add_snapshot(snapshot(tick=1, root_status="FAILURE"))

        assert store.count("e") == 1
        assert [s.root_status for s in store.get_all("e")] == ["FAILURE"]

    def test_what_is_stored_cannot_be_changed_from_outside(self) -> None:
        store = self.make()
        numbers = [1, 2]
        given = snapshot(blackboard={"list": numbers, "map": {"k": 1}})
        store.add_snapshot(given)
        numbers.append(9)
        held = given.blackboard["list"]
        assert isinstance(held, list)
        held.append(9)
        first = store.get_snapshot("e", 1)
        assert first is not None
        first.blackboard["new"] = True

        second = store.get_snapshot("e", 1)
        assert second is not None
        assert second.blackboard == {"list": [1, 2], "map": {"k": 1}}

    def test_ids_may_be_uuids(self) -> None:
        store = self.make()
        made = uuid4()
        store.add_snapshot(snapshot(str(made)))

        assert store.get_snapshot(made, 1) == store.get_latest(str(made))
        assert (
            store.count(made) == len(store.get_all(made)) == len(store.get_range(made, 1, 1)) == 1
        )
        assert store.clear(made) == 1
