"""py_trees behaviours and trees as leaves, each on a py_trees blackboard of its own.

py_trees keeps one blackboard for the whole process, in attributes of a class. A scope puts its own
in their place while it is entered, under one lock for the process, and puts back what was there.
Two executions therefore never see each other's keys, and code outside never sees theirs.

This module imports py_trees (the extra `py-trees`); nothing imports it unless py_trees is used.
"""

from __future__ import annotations

import enum
import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from py_trees.behaviour import Behaviour
from py_trees.blackboard import ActivityStream, Blackboard, Client, KeyMetaData
from py_trees.common import Status as TreeStatus
from py_trees.trees import BehaviourTree

from py_forest.engine.leaf import Leaf, Result
from py_forest.engine.signatures import is_json
from py_forest.kit.errors import SnapshotRefused
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

BLACKBOARD_LOCK = threading.RLock()
"""Held while a scope is entered. Code that uses py_trees' blackboard by itself, in a process whose
executions run py_trees leaves on other threads, must hold it too."""

_STATUSES = {
    TreeStatus.RUNNING: Status.RUNNING,
    TreeStatus.SUCCESS: Status.SUCCESS,
    TreeStatus.FAILURE: Status.FAILURE,
    TreeStatus.INVALID: Status.INVALID,
}

_Board = tuple[dict[str, Any], dict[str, KeyMetaData], dict[uuid.UUID, str], ActivityStream | None]


class Scope:
    """A py_trees blackboard that is the process's blackboard while the scope is entered.

    Entering waits until no other thread is in a scope; a thread may enter several, one in another.
    """

    def __init__(self) -> None:
        self._own: _Board = ({}, {}, {}, None)
        self._outer: list[_Board] = []

    @property
    def storage(self) -> dict[str, Any]:
        """The values, by absolute py_trees key."""
        return self._own[0]

    def __enter__(self) -> Scope:
        BLACKBOARD_LOCK.acquire()
        self._outer.append(_current())
        _install(self._own)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Kept as found: a behaviour may have switched the activity stream on.
        self._own = _current()
        _install(self._outer.pop())
        BLACKBOARD_LOCK.release()

    def put(self, key: str, value: object) -> None:
        """Set a value, as `Blackboard.set` would; a missing one is known but not set."""
        storage, metadata = self._own[:2]
        metadata.setdefault(key, KeyMetaData())
        if value is None:
            storage.pop(key, None)
        else:
            storage[key] = value

    def adopt(self, root: Behaviour) -> None:
        """Take over the clients of a tree that was made elsewhere, and the values they could see.

        To be called while the blackboard it was made on is the current one.
        """
        storage, metadata, clients, _ = self._own
        for node in root.iterate():
            for client in node.blackboards:
                client_id, name = client.id(), client.name
                clients[client_id] = name
                for key, sort in _registered(client):
                    getattr(metadata.setdefault(key, KeyMetaData()), sort).add(client_id)
                    if key in Blackboard.storage:
                        storage.setdefault(key, Blackboard.storage[key])


@dataclass(frozen=True, slots=True)
class Plan:
    """How a py_trees leaf is made.

    Args:
        make: makes the behaviour or tree; called on the leaf's own blackboard.
        action: name of the action.
        node_id: id of the node, for messages.
        keys: py_trees key of each variable it reads or writes.
        writes: variables it writes.
        resources: objects for its blackboard, by variable name.
    """

    make: Callable[[], Behaviour | BehaviourTree]
    action: str
    node_id: str
    keys: Mapping[str, str]
    writes: tuple[str, ...] = ()
    resources: Mapping[str, Any] = field(default_factory=dict)


class Loan:
    """One finished behaviour or tree, lent to one leaf at a time.

    Args:
        owned: what is lent.
        action: name of the action, for messages.
    """

    def __init__(self, owned: Behaviour | BehaviourTree, action: str) -> None:
        self._owned = owned
        self._action = action
        self._is_lent = False

    def take(self) -> Behaviour | BehaviourTree:
        """Return it.

        Raises:
            RuntimeError: it is in use.
        """
        with BLACKBOARD_LOCK:
            if self._is_lent:
                raise RuntimeError(
                    f"the py_trees object of action `{self._action}` is in use by another node or "
                    "execution; register a class or a function that makes one for each"
                )
            self._is_lent = True
            return self._owned

    def give_back(self) -> None:
        """Make it available again."""
        self._is_lent = False


class PyTreesLeaf(Leaf):
    """A py_trees behaviour or tree that runs as one leaf.

    Args:
        plan: how it is made.
        loan: for a finished object, what lends it.
    """

    def __init__(self, plan: Plan, loan: Loan | None = None) -> None:
        self._plan = plan
        self._loan = loan
        self._scope = Scope()
        self._root: Behaviour | None = None
        self._tree: BehaviourTree | None = None
        self._seen: dict[str, Any] = {}

    def setup(self) -> None:
        """Make the behaviours and set each of them up, on the thread that is here."""
        if self._loan is not None:
            made = self._loan.take()
            with BLACKBOARD_LOCK:
                self._scope.adopt(made.root if isinstance(made, BehaviourTree) else made)
        with self._scope:
            for name, thing in self._plan.resources.items():
                self._scope.put(key_of(name), thing)
            try:
                if self._loan is None:
                    made = self._plan.make()
                self._tree, self._root = _parts(made, self._plan.action)
                if self._tree is not None:
                    # Without a time limit py_trees does not touch signals, which only the main
                    # thread may.
                    self._tree.setup()
                else:
                    for node in self._root.iterate():
                        node.setup()
            except BaseException:
                self._release()
                raise

    def update(self, **inputs: object) -> Result:
        """Tick once.

        Args:
            inputs: variables for the py_trees blackboard; None removes the key.
        """
        root = self._expect_root()
        with self._scope:
            for name, value in inputs.items():
                self._scope.put(self._plan.keys[name], value)
                self._seen[name] = _copied(value)
            try:
                if self._tree is not None:
                    self._tree.tick()
                else:
                    root.tick_once()
                return Result(_STATUSES[root.status], self._collect(), None, _feedback(root))
            except BaseException as error:
                # py_trees leaves a tree as it was in the middle of the tick.
                self._stop(error)
                raise

    def terminate(self, new_status: Status) -> None:
        """Interrupt what still runs; py_trees itself has ended what ended."""
        del new_status
        root = self._root
        if root is not None and root.status == TreeStatus.RUNNING:
            with self._scope:
                root.stop(TreeStatus.INVALID)

    def shutdown(self) -> None:
        """Shut every behaviour down."""
        if self._root is None:
            return
        with self._scope:
            try:
                if self._tree is not None:
                    self._tree.shutdown()
                else:
                    for node in self._root.iterate():
                        node.shutdown()
            finally:
                self._release()

    def save(self) -> dict[str, Any]:
        """Return the JSON values of the py_trees blackboard.

        Behaviours cannot be copied: one that was not running begins again from there.

        Raises:
            SnapshotRefused: a behaviour is running.
        """
        root = self._expect_root()
        if root.status == TreeStatus.RUNNING:
            names = [node.name for node in root.iterate() if node.status == TreeStatus.RUNNING]
            raise SnapshotRefused(
                f"node `{self._plan.node_id}` runs py_trees action `{self._plan.action}`, whose "
                f"state cannot be saved while `{names[0]}` is RUNNING; wait until it has ended, or "
                "halt it",
                detail={
                    "node_id": self._plan.node_id,
                    "action": self._plan.action,
                    "running": names,
                },
            )
        kept = {key_of(name) for name in self._plan.resources}
        return {
            key: value
            for key, value in self._scope.storage.items()
            if key not in kept and is_json(value)
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Put back what `save` returned."""
        for key, value in saved.items():
            self._scope.put(key, value)
        for name in self._plan.writes:
            if (key := self._plan.keys[name]) in saved:
                self._seen[name] = _copied(saved[key])

    def _expect_root(self) -> Behaviour:
        assert self._root is not None, "setup comes first"  # noqa: S101 - a broken invariant
        return self._root

    def _collect(self) -> dict[str, Any]:
        """Return the written variables whose values are not those last exchanged."""
        storage = self._scope.storage
        changed: dict[str, Any] = {}
        for name in self._plan.writes:
            key = self._plan.keys[name]
            if key not in storage:
                if self._seen.get(name) is not None:
                    changed[name] = self._seen[name] = None
                continue
            value = _plain(key, storage[key])
            if name not in self._seen or not _same(value, self._seen[name]):
                changed[name] = value
                self._seen[name] = value
        return changed

    def _stop(self, error: BaseException) -> None:
        try:
            self._expect_root().stop(TreeStatus.INVALID)
        except Exception as second:  # noqa: BLE001 - told with the first, which matters more
            error.add_note(f"stopping the py_trees tree raised too: {second!r}")

    def _release(self) -> None:
        self._root = self._tree = None
        if self._loan is not None:
            self._loan.give_back()


def key_of(name: str) -> str:
    """Return the py_trees key of a variable: `/` in front, and `/` for `.`."""
    return Blackboard.separator + name.replace(".", Blackboard.separator)


def variable_of(key: str) -> str:
    """Return the variable of a py_trees key: without the leading `/`, and `.` for the others."""
    return key.strip(Blackboard.separator).replace(Blackboard.separator, ".")


def _current() -> _Board:
    return Blackboard.storage, Blackboard.metadata, Blackboard.clients, Blackboard.activity_stream


def _install(board: _Board) -> None:
    Blackboard.storage, Blackboard.metadata, Blackboard.clients = board[:3]
    Blackboard.activity_stream = board[3]


def _registered(client: Client) -> Iterator[tuple[str, str]]:
    """Yield the keys of a client as they are on the blackboard, with the kind of access."""
    held = vars(client)
    for sort in ("read", "write", "exclusive"):
        for key in held[sort]:
            yield held["remappings"].get(key, key), sort


def _parts(made: object, action: str) -> tuple[BehaviourTree | None, Behaviour]:
    if isinstance(made, BehaviourTree):
        return made, made.root
    if isinstance(made, Behaviour):
        return None, made
    raise TypeError(
        f"action `{action}` made a {type(made).__name__}; it must make a py_trees behaviour or tree"
    )


def _feedback(root: Behaviour) -> str:
    """Say what the tree says of itself: the message of the deepest node that decided."""
    tip = root.tip()
    if tip is None or not tip.feedback_message:
        return str(root.feedback_message or "")
    return f"{tip.name}: {tip.feedback_message}"


def _plain(key: str, value: object) -> object:
    """Return a copy of a value that is JSON; tuples are lists, members of enumerations names."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, list | tuple):
        return [_plain(key, entry) for entry in value]
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {name: _plain(key, entry) for name, entry in value.items()}
    if is_json(value):
        return value
    raise TypeError(
        f"the py_trees key `{key}` holds something of type `{type(value).__name__}`, which is no "
        f"JSON value, so variable `{variable_of(key)}` cannot take it"
    )


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_copied(entry) for entry in value]
    return value


def _same(one: object, other: object) -> bool:
    """Whether two JSON values are the same, 1 and 1.0 and True being three different ones."""
    if one.__class__ is not other.__class__:
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
