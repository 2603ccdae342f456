"""Why a composite answered as it did: which of its children decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.explain_words import (
    ENDED,
    Reason,
    children_of,
    clipped,
    condition_text,
    evaluate,
    joined,
    label,
    role,
    shown,
)
from py_forest.kit.text import counted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from py_forest.engine.explain_scene import Scene
    from py_forest.engine.program import NodeInfo

ORDERED = frozenset({"RandomSelector", "RandomSequence", "UtilitySelector"})
"""Types that try their children in an order of their own."""

SEQUENCES = frozenset({"Sequence", "ReactiveSequence", "RandomSequence"})
SELECTORS = frozenset({"Selector", "ReactiveFallback", "RandomSelector", "UtilitySelector"})

_MOST_SIBLINGS = 4


def in_order(scene: Scene, node: NodeInfo) -> list[NodeInfo]:
    """Return the children in the order in which they were tried."""
    children = scene.children(node)
    if scene.kind(node) not in ORDERED:
        return children
    by_index = {child.index: child for child in children}
    drawn = list(scene.memory(node)[2:])
    return [by_index[index] for index in drawn] if set(drawn) == set(by_index) else children


def first_with(scene: Scene, nodes: list[NodeInfo], *statuses: Status) -> NodeInfo | None:
    """Return the first node with one of some statuses."""
    return next((node for node in nodes if scene.status(node) in statuses), None)


def sequence(scene: Scene, node: NodeInfo) -> Reason:
    """Sequence, ReactiveSequence, RandomSequence: the child that stopped it."""
    status = scene.status(node)
    children = in_order(scene, node)
    if status in (Status.FAILURE, Status.RUNNING):
        decider = first_with(scene, children, status)
        return Reason(ENDED[status], _drawn(scene, node), None if decider is None else decider.id)
    tests = [child.id for child in children if condition_text(scene, child) is not None]
    also = tuple(tests[:2]) if status is Status.SUCCESS else ()
    return _all_alike(status, len(children))._replace(also=also)


def selector(scene: Scene, node: NodeInfo) -> Reason:
    """Selector, ReactiveFallback, RandomSelector, UtilitySelector: the child that won."""
    status = scene.status(node)
    children = in_order(scene, node)
    if status in (Status.SUCCESS, Status.RUNNING):
        winner = first_with(scene, children, status)
        passed = [] if winner is None else children[: children.index(winner)]
        passed = [child for child in passed if scene.status(child) is not Status.INVALID]
        return Reason(
            ENDED[status],
            _drawn(scene, node),
            None if winner is None else winner.id,
            (),
            tuple(child.id for child in passed[-_MOST_SIBLINGS:]),
        )
    if status is Status.SKIPPED:
        return _all_alike(status, len(children))
    if not children:
        return Reason("failed", ": it has no children, so none can succeed")
    reason = (
        "its only child failed"
        if len(children) == 1
        else f"none of its {len(children)} children succeeded"
    )
    shown_ones = children[:_MOST_SIBLINGS]
    return Reason("failed", f" because {reason}", None, (), tuple(child.id for child in shown_ones))


def _all_alike(status: Status, count: int) -> Reason:
    if not count:
        return Reason(ENDED[status], ": it has no children, so nothing can fail")
    if status is Status.SKIPPED:
        return Reason("was skipped", f" because {children_of(count)} chose not to run")
    return Reason(ENDED[status], f" because {children_of(count)} succeeded")


def _drawn(scene: Scene, node: NodeInfo) -> str:
    kind = scene.kind(node)
    if kind == "UtilitySelector":
        return f" (it tried them by score: {_scores(scene, node)})"
    if kind in ORDERED:
        named = joined([label(scene, child) for child in in_order(scene, node)[:6]])
        return f" (drawn order: {named})"
    return ""


def _scores(scene: Scene, node: NodeInfo) -> str:
    pairs = zip(scene.children(node), node.config["scores"], strict=True)
    return joined(
        [
            f"{label(scene, child)} {shown(evaluate(scene, node, _text(text)).value)}"
            for child, text in list(pairs)[:6]
        ]
    )


def _text(score: Any) -> str:  # noqa: ANN401 - a number or an expression, as configured
    return score if isinstance(score, str) else shown(score)


def parallel(scene: Scene, node: NodeInfo) -> Reason:
    """Parallel: the counts, and the rule they meet."""
    status = scene.status(node)
    children = scene.children(node)
    if not children:
        return Reason("succeeded", ": it has no children, so nothing can fail")
    ended = {each: [c for c in children if scene.status(c) is each] for each in Status}
    if status is Status.SKIPPED:
        return _all_alike(status, len(children))
    if status is Status.SUCCESS:
        return Reason("succeeded", f" because {_enough(scene, node, ended)}")
    if status is Status.RUNNING:
        running = ended[Status.RUNNING]
        runs = "still runs" if len(running) == 1 else "still run"
        verb = f" because {len(running)} of its {len(children)} children {runs}"
        return Reason(
            "is running",
            verb,
            None,
            (_needs(scene, node),),
            tuple(c.id for c in running[:_MOST_SIBLINGS]),
        )
    failed = ended[Status.FAILURE]
    if not failed:
        return Reason(
            "failed", " because enough successes were out of reach", None, (_needs(scene, node),)
        )
    if len(failed) == 1:
        return Reason("failed", "", failed[0].id, (_needs(scene, node),))
    count = f"{len(failed)} of its {len(children)} children failed"
    return Reason(
        "failed",
        f" because {count}{_out_of_reach(node, failed)}",
        None,
        (_needs(scene, node),),
        tuple(child.id for child in failed[:_MOST_SIBLINGS]),
    )


def _enough(scene: Scene, node: NodeInfo, ended: dict[Status, list[NodeInfo]]) -> str:
    done = ended[Status.SUCCESS]
    if node.config.get("policy") == "SuccessOnSelected":
        chosen = [scene.node(node.children[at]) for at in node.config["selected"]]
        named = joined([label(scene, child) for child in chosen[:6]])
        return f"the selected {'child' if len(chosen) == 1 else 'children'} {named} succeeded"
    total = len(node.children)
    if len(done) == total:
        return f"{children_of(total)} succeeded"
    named = joined([label(scene, child) for child in done[:4]])
    return f"{len(done)} of its {total} children succeeded ({named})"


def _needs(scene: Scene, node: NodeInfo) -> str:
    policy = node.config.get("policy", "SuccessOnAll")
    named = (
        f"{node.node_type} {label(scene, node)}" if label(scene, node)[0] == '"' else "The Parallel"
    )
    if policy == "SuccessOnOne":
        return f"{named} needs one success, and one failure ends it."
    if policy == "SuccessOnSelected":
        return f"{named} needs the selected children to succeed, and one failure ends it."
    if policy == "Threshold":
        wanted, allowed = _thresholds(node)
        total = len(node.children)
        return (
            f"{named} needs {counted(wanted, 'success', 'successes')} of {total}, and "
            f"{counted(allowed, 'failure')} {'ends' if allowed == 1 else 'end'} it."
        )
    return f"{named} needs all children to succeed, and one failure ends it."


def _thresholds(node: NodeInfo) -> tuple[int, int]:
    """Successes that are needed and failures that end it; negative ones count from the end."""
    total = len(node.children)
    wanted, allowed = (node.config[f"{each}_threshold"] for each in ("success", "failure"))
    return (
        total + 1 + wanted if wanted < 0 else wanted,
        total + 1 + allowed if allowed < 0 else allowed,
    )


def _out_of_reach(node: NodeInfo, failed: list[NodeInfo]) -> str:
    """Say that it was the missing successes that decided, where it was."""
    if node.config.get("policy") != "Threshold" or len(failed) >= _thresholds(node)[1]:
        return ""
    return ", which puts the successes it needs out of reach"


def conditional(scene: Scene, node: NodeInfo) -> Reason:
    """IfThenElse and WhileDoElse: the condition, and the branch it chose."""
    status = scene.status(node)
    test, then, *otherwise = scene.children(node)
    answer = scene.status(test)
    if answer is Status.RUNNING:
        return Reason(ENDED[status], "", test.id)
    branch = then if answer is Status.SUCCESS else next(iter(otherwise), None)
    outcome = "succeeded" if answer is Status.SUCCESS else "did not succeed"
    if branch is None:
        return Reason(
            ENDED[status],
            f" because its condition {label(scene, test)} {outcome} and there is no third child",
            None,
            (),
            (test.id,),
        )
    if scene.status(branch) is Status.INVALID:
        return Reason(ENDED[status], "", test.id)
    chosen = f"Its condition {label(scene, test)} {outcome}, so it took {role(scene, branch)}."
    return Reason(ENDED[status], "", branch.id, (chosen,), (test.id,))


def switch(scene: Scene, node: NodeInfo) -> Reason:
    """Switch: the value, and the case it met."""
    status = scene.status(node)
    config = node.config
    text = (
        str(config["expression"]) if "expression" in config else f"bb[{shown(config['variable'])}]"
    )
    named = clipped(str(config.get("expression", config.get("variable"))))
    finding = evaluate(scene, node, text)
    chosen = next((c for c in scene.children(node) if scene.status(c) is not Status.INVALID), None)
    value = f"{named} is {shown(finding.value)}"
    if "variable" in config:
        value = f"{named} {scene.linking(node, named)} {shown(finding.value)}"
    cases = joined([shown(case, 30) for case in config["cases"][:8]])
    if chosen is None:
        return Reason(
            ENDED[status], f" because no case matched: {value}, and the cases are {cases}"
        )
    at = node.children.index(chosen.id)
    which = (
        f"the case {shown(config['cases'][at])}"
        if at < len(config["cases"])
        else "its default, as no case matched"
    )
    return Reason(ENDED[status], "", chosen.id, (f"It took {which}: {value}.",))


def subtree(scene: Scene, node: NodeInfo) -> Reason:
    """SubTree: the tree inside."""
    return Reason(ENDED[scene.status(node)], "", node.children[0])


COMPOSITES: dict[str, Callable[[Scene, NodeInfo], Reason]] = {
    "Sequence": sequence,
    "ReactiveSequence": sequence,
    "RandomSequence": sequence,
    "Selector": selector,
    "ReactiveFallback": selector,
    "RandomSelector": selector,
    "UtilitySelector": selector,
    "Parallel": parallel,
    "IfThenElse": conditional,
    "WhileDoElse": conditional,
    "Switch": switch,
    "SubTree": subtree,
}
