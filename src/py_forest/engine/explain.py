"""Why a node has its status, and why another one was not ticked, in sentences.

The words are for somebody who is called at night: what happened, from which values, and which node
decided. `explain` makes them from a `Scene`, which holds all that is known of one tick; `why` looks
at an execution as it stands, `why_at` at any tick of a log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.explain_boards import board_now, board_then
from py_forest.engine.explain_composites import COMPOSITES
from py_forest.engine.explain_decorators import DECORATORS, guard
from py_forest.engine.explain_leaves import LEAVES, duration_text
from py_forest.engine.explain_reach import barrier, held_back
from py_forest.engine.explain_scene import Scene
from py_forest.engine.explain_words import (
    ENDED,
    Reason,
    clipped,
    has_name,
    role,
    subject,
    typed,
)
from py_forest.engine.records import RecordReader
from py_forest.kit.text import did_you_mean, quoted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from py_forest.engine.program import NodeInfo, Program
    from py_forest.engine.records import LeafFailure

MOST_SENTENCES = 8
_LONG_CHAIN = 4
_TICK = 1
_REASONS = {**COMPOSITES, **DECORATORS, **LEAVES}


def why(execution: _native.Execution, node_id: str) -> str:
    """Say why a node has its status after the last tick, or why it was not ticked.

    Values are those of the blackboard as it is; of a key that may have been written after the node
    was ticked it says `is now`. `why_at` knows the values of the moment.

    Raises:
        KeyError: the tree has no such node; the message suggests one.
    """
    program = execution.program
    _require(program, node_id)
    statuses = execution.statuses()
    return _told(
        Scene(
            program=program,
            statuses=statuses,
            ticks=execution.tick_count,
            now=execution.now,
            memory_of=execution.memory_of,
            board_of=lambda node: board_now(execution, statuses, node),
            failures=execution.errors,
            pending={run.node_id: run for run in execution.pending()},
        ),
        node_id,
    )


def why_at(
    program: Program, header: bytes, records: Iterable[bytes], tick: int, node_id: str
) -> str:
    """Say why a node had its status after a tick of a log, or why that tick did not reach it.

    No leaf is called: the log holds their answers.

    Args:
        program: the program that wrote the log.
        header: `Execution.header` of the execution that wrote it.
        records: its records, in order, from its first tick on.
        tick: number of the tick, 1 for the first of an execution.
        node_id: the node.

    Raises:
        KeyError: the tree has no such node; the message suggests one.
        ValueError: the log does not hold that tick.
        RecordRefused: the header or a record is damaged or of a newer format.
        SnapshotRefused: the log was written by another program.
    """
    _require(program, node_id)
    execution = program.restore(_native.snapshot_in_header(header))
    for record in records:
        is_tick = bool(record) and record[0] & 15 == _TICK
        if is_tick and execution.tick_count + 1 == tick:
            return _told(_scene_of(execution, record), node_id)
        execution.replay_record(record)
    raise ValueError(f"the log does not hold tick {tick}; its last one is {execution.tick_count}")


def _scene_of(execution: _native.Execution, record: bytes) -> Scene:
    """Replay one tick, and gather what is known of it."""
    program = execution.program
    before = execution.fork()
    entry = RecordReader(program, execution.statuses()).read(record)
    execution.replay_record(record)
    return Scene(
        program=program,
        statuses=execution.statuses(),
        ticks=entry.tick,
        now=execution.now,
        memory_of=execution.memory_of,
        board_of=lambda node: board_then(before, execution, entry, node),
        record=entry,
        failures=entry.errors,
        pending={run.node_id: run for run in execution.pending()},
    )


def explain(scene: Scene, node_id: str) -> list[str]:
    """Explain one node of a tick, the most important sentence first, at most eight.

    The answer depends on nothing but the scene.
    """
    node = scene.node(node_id)
    if scene.ticks == 0:
        return [f"{subject(scene, node)} has not been ticked: the execution has had no tick yet."]
    root = scene.node(scene.program.node_ids[0])
    if scene.record is None and scene.statuses[root.id] is Status.INVALID:
        return [
            f"{subject(scene, node)} is idle: the execution was halted or its tree replaced after "
            f"tick {scene.ticks}, and nothing has been ticked since."
        ]
    away = barrier(scene, node)
    sentences = _ticked(scene, node) if away is None else _not_ticked(scene, node, *away)
    return list(dict.fromkeys(sentences))[:MOST_SENTENCES]


def reason_of(scene: Scene, node: NodeInfo) -> Reason:
    """Say why one ticked node answered as it did, looking no further than its children."""
    status = scene.status(node)
    record = scene.record
    if record is not None and node.id in record.overrides:
        return Reason(ENDED[status], f": its answer was forced to {status.name} in this tick")
    failure = scene.failure(node)
    if failure is None and status is Status.RUNNING and scene.statuses[node.id] is Status.INVALID:
        return Reason("was running", " and was interrupted in the same tick")
    if failure is not None:
        return _error(node, status, failure)
    if status is Status.INVALID:
        return Reason("is idle", ": it was interrupted or reset after it had been ticked")
    kind = scene.kind(node)
    if kind == "CheckBlackboardCondition" and node.children:
        return guard(scene, node)
    return _REASONS[kind](scene, node)


def _error(node: NodeInfo, status: Status, failure: LeafFailure) -> Reason:
    """A failure by an error; its message holds the causes."""
    verb = f"{ENDED[status]} by an error" if status is Status.FAILURE else ENDED[status]
    action = clipped(str(node.config.get("action", node.node_type)))
    message = failure.message.rstrip(".")
    if failure.kind == "timeout":
        limit = duration_text(node.config.get("timeout"))
        return Reason("failed", f": no result came within {limit}, so its run was given up")
    if failure.kind == "raised":
        return Reason(verb, f': its action "{action}" failed with {message}')
    if failure.kind == "bad_reply":
        return Reason(verb, f': its action "{action}" {message}')
    text = node.config.get("expression", node.config.get("script"))
    # A test without a name of its own is called by its text already.
    is_said = text is None or (not has_name(node) and "expression" in node.config)
    where = "" if is_said else f" in {clipped(str(text))}"
    return Reason(verb, f"{where}: {message}")


def _sentence(scene: Scene, node: NodeInfo, reason: Reason | None = None) -> str:
    """One node and the child that decided, in one sentence."""
    reason = reason or reason_of(scene, node)
    text = f"{subject(scene, node)} {reason.verb}{reason.detail}"
    if reason.child is not None:
        child = scene.node(reason.child)
        inner = reason_of(scene, child)
        text += f" because {role(scene, child)} {_own(inner)}"
    return f"{text}."


def _own(reason: Reason) -> str:
    """What is said of a child within its parent's sentence: all, or only the verb."""
    return reason.verb if _goes_on(reason) else f"{reason.verb}{_unnamed(reason.detail)}"


def _unnamed(detail: str) -> str:
    """Leave out the test in parentheses: the child's role names it already."""
    if detail.startswith(" (") and "): " in detail:
        return f": {detail.split('): ', 1)[1]}"
    return detail


def _goes_on(reason: Reason) -> bool:
    return reason.child is not None or reason.detail.startswith(" because")


def _ticked(scene: Scene, node: NodeInfo) -> list[str]:
    return [*_downwards(scene, node), *_upwards(scene, node)]


def _downwards(scene: Scene, node: NodeInfo) -> list[str]:
    """The node's own reason, and those of the nodes below that decided."""
    reason = reason_of(scene, node)
    chain = [(node, reason)]
    while chain[-1][1].child is not None:
        child = scene.node(chain[-1][1].child)
        chain.append((child, reason_of(scene, child)))
    links = [
        _sentence(scene, each, why_it) for each, why_it in chain if each is node or _goes_on(why_it)
    ]
    if len(links) > _LONG_CHAIN:
        links = [links[0], f"It comes down to this: {links[-1]}", *links[1:-1]]
        links = links[:_LONG_CHAIN]
    more = [text for _, why_it in chain for text in why_it.more]
    also = [_sentence(scene, scene.node(each)) for _, why_it in chain for each in why_it.also]
    return [*links, *more, *also]


def _upwards(scene: Scene, node: NodeInfo) -> list[str]:
    """What the node's answer made of its ancestors."""
    decided: list[NodeInfo] = []
    at = node
    while at.parent is not None:
        parent = scene.node(at.parent)
        reason = reason_of(scene, parent)
        if reason.child != at.id:
            is_cut_off = scene.statuses[at.id] is Status.INVALID
            if not decided and (reason.child is not None or is_cut_off):
                return [_sentence(scene, parent, reason)]
            break
        decided.append(parent)
        at = parent
    if not decided:
        return []
    first, last = decided[0], decided[-1]
    text = f"That is why {typed(scene, first)} {reason_of(scene, first).verb}"
    if last is not first:
        text += f", and with it everything up to {typed(scene, last)}"
    return [f"{text}."]


def _not_ticked(scene: Scene, node: NodeInfo, parent: NodeInfo, child: NodeInfo) -> list[str]:
    words, sibling = held_back(scene, parent, child)
    if not words:
        reason = reason_of(scene, parent)
        words = f"{reason.verb}{reason.detail}"
    start = f"{subject(scene, node)} was not ticked"
    record = scene.record
    if record is not None and node.id in record.interrupted:
        start = f"{subject(scene, node)} was running and was interrupted"
    if child is node:
        first = f"{start}: its parent {typed(scene, parent)} {words}."
    else:
        first = f"{start}, nor was {typed(scene, child)} above it: {typed(scene, parent)} {words}."
    sentences = [first]
    if sibling is not None:
        sentences += _downwards(scene, sibling)[:3]
    status = scene.statuses[node.id]
    if status is not Status.INVALID:
        sentences.append(f"It still shows {status.name} from an earlier tick.")
    return sentences


def _told(scene: Scene, node_id: str) -> str:
    return " ".join(explain(scene, node_id))


def _require(program: Program, node_id: Any) -> None:  # noqa: ANN401 - a caller's argument
    if isinstance(node_id, str) and program.core.find_node(node_id) is not None:
        return
    raise KeyError(f"no node has the id {quoted(node_id)}{_suggestion(program, node_id)}")


def _suggestion(program: Program, node_id: object) -> str:
    ids: Sequence[str] = program.node_ids
    text = str(node_id)
    named = next((each for each in ids[:2_000] if program.node(each).name == text), None)
    if named is not None:
        return f"; the node of that name has the id `{named}`"
    guess = did_you_mean(text, ids)
    return f"; did you mean `{guess}`?" if guess else ""
