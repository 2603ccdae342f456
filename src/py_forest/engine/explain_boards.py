"""The blackboard as a node found it, which later nodes of the same tick may have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.explain_scene import UNSET, Board
from py_forest.engine.expressions import check_expression
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from py_forest.engine import _native
    from py_forest.engine.program import NodeInfo, Program
    from py_forest.engine.records import TickRecord


def board_now(execution: _native.Execution, statuses: Mapping[str, Status], node_id: str) -> Board:
    """The values as they are, with the keys that may have been written since the node's turn."""
    program = execution.program
    later: set[str] = set()
    for each in _possibly_after(program, statuses, node_id):
        written = _keys_written(program, program.node(each))
        if written is None:
            return Board(_reader(execution), None)
        later |= written
    return Board(_reader(execution), later)


def board_then(
    before: _native.Execution, after: _native.Execution, record: TickRecord, node_id: str
) -> Board:
    """The values as the node found them: the tick once more, stopped short of the node.

    On a fork of the state before the tick, the node and whatever was ticked after it keep their
    recorded answers instead of running, so that nothing of them is written.

    Args:
        before: the execution before the tick.
        after: the execution after it.
        record: the tick.
        node_id: the node; one that was not ticked finds the values of the end.
    """
    program = before.program
    answers = dict(record.visited)
    if node_id not in answers or not (record.changed or record.removed):
        return Board(_reader(after))
    order = [node for node, _ in record.visited]
    line = _line(program, node_id)
    kept = {
        node: answers[node]
        for node in order[order.index(node_id) :]
        if node == node_id or (program.node(node).parent in line and node not in line)
    }
    again = before.fork()
    try:
        again.tick_with_answers(
            record.updates,
            record.now,
            record.results,
            {**kept, **record.overrides},
            dict(record.leaves),
        )
    except ValueError:
        # An answer that cannot be given once more: the values of the end must do.
        return Board(_reader(after), None)
    later: set[str] = set()
    for above in line - {node_id}:
        if program.node(above).node_type in ("Count", "StatusToBlackboard"):
            later |= _keys_written(program, program.node(above)) or set()
    return Board(_reader(again), later)


def _reader(execution: _native.Execution) -> Callable[[str], Any]:
    return lambda key: execution.read_key(key, UNSET)


def _line(program: Program, node_id: str) -> set[str]:
    line = {node_id}
    above = program.node(node_id).parent
    while above is not None:
        line.add(above)
        above = program.node(above).parent
    return line


def _possibly_after(program: Program, statuses: Mapping[str, Status], node_id: str) -> list[str]:
    """Nodes that may have been ticked after a node: those behind it, and those above it."""
    ids = program.node_ids
    index = program.node(node_id).index
    behind = [each for each in ids[index + 1 :] if statuses[each] is not Status.INVALID]
    return [*behind, *(_line(program, node_id) - {node_id})]


def _keys_written(program: Program, node: NodeInfo) -> set[str] | None:
    """Keys that a node may write; None when that is up to somebody outside."""
    config = node.config
    match node.node_type:
        case "SetBlackboardVariable" | "UnsetBlackboardVariable" | "StatusToBlackboard" | "Count":
            names = [config["variable"]] if "variable" in config else []
        case "ForEach":
            names = [config[key] for key in ("item", "index") if key in config]
        case "Script":
            names = check_expression(config["script"], "script").writes
        case "DecisionTable":
            parts = [row.get("outputs") or {} for row in config["rows"]]
            names = [key for part in (*parts, config.get("default") or {}) for key in part]
        case "Action" | "External" | "HumanDecision":
            return None
        case _:
            if not node.children and "action" in config:
                return None
            names = []
    return {program.key_in(node.id, name) for name in names}
