"""Why a leaf answered as it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.explain_words import (
    ENDED,
    Reason,
    clipped,
    condition_expression,
    condition_text,
    evaluate,
    has_name,
    joined,
    ordinal,
    shown,
    span,
)
from py_forest.kit.text import counted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from py_forest.engine.explain_scene import Scene
    from py_forest.engine.program import NodeInfo

_MOST_KEYS = 4


def constant(scene: Scene, node: NodeInfo) -> Reason:
    """Success, Failure, Running: no choice was made."""
    if scene.kind(node).upper() != scene.status(node).name:
        return Reason(ENDED[scene.status(node)], ": its answer was forced")
    return Reason(ENDED[scene.status(node)], ", as it always does")


def placeholder(scene: Scene, node: NodeInfo) -> Reason:
    """Placeholder: the place is still empty."""
    return Reason(
        ENDED[scene.status(node)],
        f": it only marks a place that is still to be filled, and answers {node.config['status']}",
    )


def condition(scene: Scene, node: NodeInfo) -> Reason:
    """Condition and CheckBlackboardCondition: what was tested, with the values."""
    status = scene.status(node)
    return tested(scene, node, is_true=status is Status.SUCCESS)


def tested(scene: Scene, node: NodeInfo, *, is_true: bool) -> Reason:
    """Say what a condition came to, and from which values."""
    finding = evaluate(scene, node, condition_expression(node.config))
    verb = f"was {'true' if is_true else 'false'}"
    # The test stands in the sentence already where the node has no name of its own.
    text = ""
    if has_name(node) and clipped(str(condition_text(scene, node))) != clipped(node.name):
        text = f" ({clipped(str(condition_text(scene, node)))})"
    if bool(finding.value) is not is_true:
        if finding.failure is None:
            values = f"{finding.text}, " if finding.text else ""
            return Reason(verb, f" when it was ticked; {values}so it would be {_word(not is_true)}")
        return Reason(verb, f"{text}: {finding.text or clipped(finding.failure)}")
    return Reason(verb, f"{text}: {finding.text}" if finding.text else f"{text}: it always is")


def _word(truth: bool) -> str:
    return "true" if truth else "false"


def wait_for_condition(scene: Scene, node: NodeInfo) -> Reason:
    """WaitForBlackboardCondition: what it waits for."""
    finding = evaluate(scene, node, condition_expression(node.config))
    text = clipped(str(condition_text(scene, node)))
    values = f"; {finding.text}" if finding.text else ""
    if scene.status(node) is Status.RUNNING:
        return Reason("is running", f": it waits until {text}{values}")
    return Reason("succeeded", f": what it waited for has come, {text}{values}")


def probability(scene: Scene, node: NodeInfo) -> Reason:
    """Probability: the draw."""
    chance = f"{node.config['probability']:g}"
    which = f"draw number {scene.memory(node)[0]} of its stream"
    return Reason(
        ENDED[scene.status(node)],
        f" by chance: it succeeds with probability {chance}, and {which} decided; the same seed "
        "draws the same again",
    )


def set_variable(scene: Scene, node: NodeInfo) -> Reason:
    """SetBlackboardVariable: what it set."""
    key = node.config["variable"]
    if scene.status(node) is Status.FAILURE:
        held = scene.values(node, [key]).get(key)
        return Reason(
            "failed", f": {key} had a value already ({shown(held)}), and it must not overwrite one"
        )
    if "expression" in node.config:
        finding = evaluate(scene, node, str(node.config["expression"]))
        values = f", where {finding.text}" if finding.text else ""
        return Reason(
            "succeeded", f": it set {key} to {clipped(node.config['expression'])}{values}"
        )
    return Reason("succeeded", f": it set {key} to {shown(node.config.get('value'))}")


def unset_variable(_scene: Scene, node: NodeInfo) -> Reason:
    """UnsetBlackboardVariable: what it removed."""
    return Reason("succeeded", f": it removed {node.config['variable']}, which it always can")


def script(scene: Scene, node: NodeInfo) -> Reason:
    """Script: the assignments."""
    text = clipped(str(node.config["script"]))
    if scene.status(node) is Status.FAILURE:
        return Reason("failed", f": one of its assignments could not be made ({text})")
    return Reason("succeeded", f": it carried out {text}")


def log(_scene: Scene, node: NodeInfo) -> Reason:
    """Log: the message."""
    level = node.config.get("level", "info")
    return Reason("succeeded", f": it logged {shown(node.config['message'])} ({level})")


def wait(scene: Scene, node: NodeInfo) -> Reason:
    """Wait: how long still."""
    left = scene.left(scene.memory(node)[0])
    length = duration_text(node.config["duration"])
    if scene.status(node) is Status.RUNNING:
        return Reason("is running", f": it waits {length}, and {span(left)} of that are left")
    return Reason("succeeded", f": its wait of {length} is over")


def duration_text(duration: object) -> str:
    """Show a configured duration."""
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        return span(float(duration))
    return f"{clipped(str(duration))} seconds"


def tick_counter(scene: Scene, node: NodeInfo) -> Reason:
    """TickCounter: how many ticks still."""
    count, wanted = scene.memory(node)[0], node.config["duration"]
    status = scene.status(node)
    if status is Status.RUNNING:
        return Reason("is running", f": this was tick {count:,} of the {wanted:,} that it runs")
    return Reason(ENDED[status], f": it ran for {counted(wanted, 'tick')} and then ends so")


def status_queue(scene: Scene, node: NodeInfo) -> Reason:
    """StatusQueue: which entry it gave."""
    position, queue = scene.memory(node)[0], node.config["queue"]
    status = scene.status(node)
    if node.config.get("eventually") is not None and position >= len(queue):
        statuses = counted(len(queue), "status", "statuses")
        eventually = node.config["eventually"]
        return Reason(
            ENDED[status],
            f": it answered with the last of its {statuses}, or with {eventually} after them",
        )
    return Reason(
        ENDED[status],
        f": it answered with the {ordinal(max(0, position - 1))} of the "
        f"{counted(len(queue), 'status', 'statuses')} in its list",
    )


def decision_table(scene: Scene, node: NodeInfo) -> Reason:
    """DecisionTable: which row held."""
    rows = node.config["rows"]
    held = [number for number, row in enumerate(rows) if _row_holds(scene, node, row)]
    if scene.status(node) is Status.FAILURE:
        held_none = "its only row did not hold"
        if len(rows) > 1:
            held_none = f"none of its {len(rows)} rows held"
        values = _values_of_rows(scene, node, rows)
        return Reason("failed", f": {held_none}, and it has no default{values}")
    if not held:
        if "default" in node.config:
            return Reason(
                "succeeded", f": no row held, so it set {_outputs(node.config['default'])}"
            )
        return Reason("succeeded", ": one of its rows held when it was ticked")
    if node.config.get("hit") == "collect":
        numbers = joined([str(number + 1) for number in held[:8]])
        return Reason(
            "succeeded",
            f": it gathered the outputs of {'row' if len(held) == 1 else 'rows'} {numbers}",
        )
    row = rows[held[0]]
    return Reason(
        "succeeded",
        f": its {ordinal(held[0])} row was the first that held"
        + _values_of_rows(scene, node, [row])
        + f"; it set {_outputs(row.get('outputs') or {})}",
    )


def _row_texts(row: Mapping[str, Any]) -> list[str]:
    when = row.get("when")
    if isinstance(when, str):
        return [when]
    if isinstance(when, dict):
        return [
            condition_expression({"variable": key, "operator_str": "==", "value": value})
            for key, value in when.items()
        ]
    return []


def _row_holds(scene: Scene, node: NodeInfo, row: Mapping[str, Any]) -> bool:
    return all(bool(evaluate(scene, node, text).value) for text in _row_texts(row))


def _values_of_rows(scene: Scene, node: NodeInfo, rows: list[Mapping[str, Any]]) -> str:
    seen: dict[str, None] = {}
    for row in rows[:20]:
        for text in _row_texts(row):
            finding = evaluate(scene, node, text)
            seen.update(dict.fromkeys(filter(None, [finding.text])))
    return f" ({joined(list(seen)[:_MOST_KEYS])})" if seen else ""


def _outputs(outputs: Mapping[str, Any]) -> str:
    pieces = [f"{key} to {shown(value)}" for key, value in list(outputs.items())[:_MOST_KEYS]]
    return joined(pieces) or "nothing"


def outside(scene: Scene, node: NodeInfo) -> Reason:
    """External, HumanDecision, Action: who was asked, and what came back."""
    status = scene.status(node)
    run = scene.pending.get(node.id)
    if status is Status.RUNNING:
        return Reason("is running", f": {_awaited(scene, node, run)}{_feedback(scene, node)}")
    kind = scene.kind(node)
    if kind == "HumanDecision":
        chosen = _chosen(scene, node)
        answer = f"somebody answered {shown(chosen)}" if chosen else f"the answer was {status.name}"
        return Reason(ENDED[status], f": to {_quoted(node)} {answer}")
    if kind == "External":
        return Reason(
            ENDED[status],
            f": the result delivered for it was {status.name}{_feedback(scene, node)}",
        )
    action = clipped(str(node.config.get("action", node.node_type)))
    return Reason(
        ENDED[status], f': its action "{action}" answered {status.name}{_feedback(scene, node)}'
    )


def _chosen(scene: Scene, node: NodeInfo) -> object:
    """The option that somebody chose, where it is known."""
    variable = node.config.get("variable")
    if variable is None:
        return None
    if scene.record is None:
        return scene.values(node, [variable]).get(variable)
    return scene.record.changed.get(scene.program.key_in(node.id, variable))


def _awaited(scene: Scene, node: NodeInfo, run: Any) -> str:  # noqa: ANN401 - a PendingRun or None
    kind = scene.kind(node)
    action = clipped(str(node.config.get("action", node.node_type)))
    if run is None:
        return f'its action "{action}" answered RUNNING and is asked again at the next tick'
    asked = f", asked for {span((scene.now or 0.0) - run.since)} ago"
    limit = ""
    if node.config.get("timeout") is not None:
        limit = f"; it gives up in {span(scene.left(scene.memory(node)[1]))}"
    if kind == "HumanDecision":
        options = node.config.get("options") or ()
        choices = f" ({' or '.join(map(str, options))})" if options else ""
        asks = f"it waits for somebody to answer {_quoted(node)}{choices}"
        return f"{asks}, run {run.run_id}{asked}{limit}"
    what = f'"{action}"' if "action" in node.config else "outside work"
    return f"it waits for the result of {what}, run {run.run_id}{asked}{limit}"


def _quoted(node: NodeInfo) -> str:
    return f'"{clipped(str(node.config["prompt"]))}"'


def _feedback(scene: Scene, node: NodeInfo) -> str:
    """Quote what the leaf said of itself, where the record has it."""
    if scene.record is None:
        return ""
    said = [scene.record.leaves[node.id].feedback] if node.id in scene.record.leaves else []
    said += [
        result.feedback
        for run_id, result in scene.record.results.items()
        if run_id.rpartition("#")[0] == node.id
    ]
    texts = [text for text in said if text]
    return f'; it says "{clipped(texts[-1])}"' if texts else ""


LEAVES: dict[str, Callable[[Scene, NodeInfo], Reason]] = {
    "Success": constant,
    "Failure": constant,
    "Running": constant,
    "Placeholder": placeholder,
    "Condition": condition,
    "CheckBlackboardCondition": condition,
    "WaitForBlackboardCondition": wait_for_condition,
    "Probability": probability,
    "SetBlackboardVariable": set_variable,
    "UnsetBlackboardVariable": unset_variable,
    "Script": script,
    "Log": log,
    "Wait": wait,
    "TickCounter": tick_counter,
    "StatusQueue": status_queue,
    "DecisionTable": decision_table,
    "External": outside,
    "HumanDecision": outside,
    "Action": outside,
}
