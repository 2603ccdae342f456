"""Why a decorator answered as it did: its child, or what kept it from its child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.engine.explain_leaves import duration_text, tested
from py_forest.engine.explain_words import ENDED, Reason, clipped, span
from py_forest.kit.text import counted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from py_forest.engine.explain_scene import Scene
    from py_forest.engine.program import NodeInfo

_S, _F, _R = Status.SUCCESS, Status.FAILURE, Status.RUNNING

CONVERSIONS: dict[str, dict[Status, Status]] = {
    "Inverter": {_S: _F, _F: _S},
    "ForceSuccess": {_F: _S},
    "ForceFailure": {_S: _F},
    "FailureIsSuccess": {_F: _S},
    "SuccessIsFailure": {_S: _F},
    "FailureIsRunning": {_F: _R},
    "SuccessIsRunning": {_S: _R},
    "RunningIsSuccess": {_R: _S},
    "RunningIsFailure": {_R: _F},
    "KeepRunningUntilFailure": {_S: _R},
}
"""What each converter makes of its child's answer; other answers pass."""


def converter(scene: Scene, node: NodeInfo) -> Reason:
    """The status conversions: what the child answered, and what became of it."""
    status = scene.status(node)
    table = CONVERSIONS[scene.kind(node)]
    answer = scene.status(scene.node(node.children[0]))
    if answer is Status.INVALID:
        # The child was interrupted after it had answered RUNNING under another answer.
        answer = _R
    if answer is status:
        return Reason(ENDED[status], "", node.children[0])
    if table.get(answer) is not status:
        return _passing(scene, node)
    turned = f"{_article(node.node_type)} {node.node_type} turns {answer.name} into {status.name}."
    if answer is _R:
        return Reason(ENDED[status], " because its child was still running", None, (turned,))
    return Reason(ENDED[status], "", node.children[0], (turned,))


def _article(word: str) -> str:
    return "An" if word[0] in "AEIOU" else "A"


def _passing(scene: Scene, node: NodeInfo) -> Reason:
    """The child's answer, handed on."""
    status = scene.status(node)
    child = scene.node(node.children[0])
    if scene.status(child) is status:
        return Reason(ENDED[status], "", child.id)
    return Reason(ENDED[status], ": its child answered so and was reset since")


def retry(scene: Scene, node: NodeInfo) -> Reason:
    """Retry: how many attempts failed, and when the next one comes."""
    status = scene.status(node)
    failures, not_before = scene.memory(node)[:2]
    allowed = node.config["num_failures"]
    child = scene.node(node.children[0])
    of = "without a limit" if allowed < 0 else f"of {counted(allowed, 'attempt')}"
    if status is _R and scene.status(child) is _R:
        so_far = (f"{failures} {of} failed so far.",) if failures else ()
        return Reason("is running", "", child.id, so_far)
    if status is _R:
        left = scene.left(not_before)
        when = f"in {span(left)}" if left > 0 else "at the next tick"
        count = (
            f"{failures} {of} failed" if allowed > 0 else f"{counted(failures, 'attempt')} failed"
        )
        return Reason("is running", f": {count}, and it tries again {when}", None, (), (child.id,))
    if status is _F and allowed > 0:
        return Reason("failed", f" because {_all_attempts(allowed)} failed", None, (), (child.id,))
    return _passing(scene, node)


def _all_attempts(allowed: int) -> str:
    return "its only attempt" if allowed == 1 else f"all {allowed} attempts"


def repeat(scene: Scene, node: NodeInfo) -> Reason:
    """Repeat: how many repetitions are done."""
    status = scene.status(node)
    done, wanted = scene.memory(node)[0], node.config["num_success"]
    child = scene.node(node.children[0])
    if status is _S:
        if wanted == 0:
            return Reason(
                "succeeded", ": it was asked for no success, so its child is never ticked"
            )
        return Reason("succeeded", f" because its child succeeded {_times(wanted)}")
    of = f"of {wanted}" if wanted > 0 else "so far; it repeats for ever"
    progress = f"{counted(done, 'success', 'successes')} {of}"
    if status is _R and scene.status(child) is not _R:
        return Reason(
            "is running", f": {progress}, and the next repetition begins at the next tick"
        )
    return Reason(ENDED[status], "", child.id, (f"It has {progress}.",))


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def timeout(scene: Scene, node: NodeInfo) -> Reason:
    """Timeout: how much time is left, or that it is over."""
    status = scene.status(node)
    child = scene.node(node.children[0])
    length = duration_text(node.config["duration"])
    left = scene.left(scene.memory(node)[0])
    if status is _F and scene.status(child) is not _F:
        return Reason("failed", f": its child had not finished after {length} and was interrupted")
    if status is _R:
        return Reason("is running", "", child.id, (f"{span(left)} of its {length} are left.",))
    return _passing(scene, node)


def delay(scene: Scene, node: NodeInfo) -> Reason:
    """Delay: how long the child has to wait."""
    left = scene.left(scene.memory(node)[0])
    if scene.status(node) is _R and left > 0:
        length = duration_text(node.config["duration"])
        return Reason(
            "is running", f": it lets its child start in {span(left)}, after a delay of {length}"
        )
    return _passing(scene, node)


def cooldown(scene: Scene, node: NodeInfo) -> Reason:
    """Cooldown: whether it rests."""
    status = scene.status(node)
    left = rest_left(scene, node)
    if left is not None and status.name == node.config.get("status", "FAILURE"):
        return Reason(
            ENDED[status],
            f": it rests for another {span(left)} and answers {status.name} until then",
        )
    return _passing(scene, node)


def rest_left(scene: Scene, node: NodeInfo) -> float | None:
    """Return the seconds that a Cooldown still rests; None when its child was ticked."""
    resting, until = scene.memory(node)[:2]
    left = scene.left(until)
    child = scene.node(node.children[0])
    visited = scene.is_visited(child)
    if not resting or left <= 0 or visited:
        return None
    duration = node.config["duration"]
    # Without a record, a rest that has its full length ahead has just begun, with the child's end.
    if visited is None and isinstance(duration, int | float) and left >= duration - 1e-6:
        return None
    return left


def rate_limit(scene: Scene, node: NodeInfo) -> Reason:
    """RateLimit: whether the limit is reached."""
    status = scene.status(node)
    left = blocked_for(scene, node)
    if left is not None and status.name == node.config.get("status", "FAILURE"):
        return Reason(
            ENDED[status],
            f": its limit of {counted(node.config['max_calls'], 'start')} in "
            f"{duration_text(node.config['period'])} is reached{left}",
        )
    return _passing(scene, node)


def blocked_for(scene: Scene, node: NodeInfo) -> str | None:
    """Say until when a RateLimit holds its child back; None when its child was ticked."""
    starts, *ring = scene.memory(node)
    child = scene.node(node.children[0])
    if not ring or starts < len(ring) or scene.is_visited(child) or scene.status(child) is _R:
        return None
    last = ring[(starts - 1) % len(ring)]
    if scene.is_visited(child) is None and abs(last - scene.now_ns) < 1000:  # noqa: PLR2004 - ns
        return None
    period = node.config["period"]
    if isinstance(period, int | float):
        return f"; it is free again in {span(scene.left(ring[starts % len(ring)]) + period)}"
    return ""


def one_shot(scene: Scene, node: NodeInfo) -> Reason:
    """OneShot: the answer it keeps."""
    status = scene.status(node)
    kept = scene.memory(node)[0]
    if kept and scene.is_visited(scene.node(node.children[0])) is not True:
        return Reason(
            ENDED[status],
            f": its child {ENDED[Status(kept)]} once, and a OneShot keeps that answer without "
            "ticking it again",
        )
    return _passing(scene, node)


def guard(scene: Scene, node: NodeInfo) -> Reason:
    """Guard, and CheckBlackboardCondition with a child: the condition, or the child."""
    status = scene.status(node)
    child = scene.node(node.children[0])
    visited = scene.is_visited(child)
    if status is _F and (visited is False or not _ran(scene, node, child)):
        reason = tested(scene, node, is_true=False)
        return Reason("failed", f" because its condition {reason.verb}{reason.detail}")
    return _passing(scene, node)


def _ran(scene: Scene, node: NodeInfo, child: NodeInfo) -> bool:
    """Whether the child ran, as far as statuses and values tell."""
    if scene.is_visited(child) is not None:
        return bool(scene.is_visited(child))
    if scene.status(child) is not Status.FAILURE:
        return False
    reason = tested(scene, node, is_true=True)
    return "would be" not in reason.detail and "no value" not in reason.detail


def for_each(scene: Scene, node: NodeInfo) -> Reason:
    """ForEach: which item it is at."""
    status = scene.status(node)
    child = scene.node(node.children[0])
    done = scene.memory(node)[0]
    items = clipped(str(node.config["items"]))
    if status is _S:
        if done == 0:
            return Reason("succeeded", f": there was nothing in {items}")
        return Reason("succeeded", f" because its child is done with {_all_items(done)} of {items}")
    if status is _R and scene.status(child) is not _R:
        return Reason(
            "is running",
            f": {counted(done, 'item')} of {items} done, the next one follows at the next tick",
        )
    return Reason(ENDED[status], "", child.id, (f"It is at item {done + 1} of {items}.",))


def _all_items(count: int) -> str:
    return "the only item" if count == 1 else f"all {count:,} items"


def counting(scene: Scene, node: NodeInfo) -> Reason:
    """Count: the child's answer, and the counts."""
    ticks, _, successes, failures, _ = scene.memory(node)
    reason = _passing(scene, node)
    counts = (
        f"So far it counted {counted(ticks, 'tick')}, "
        f"{counted(successes, 'success', 'successes')} and {counted(failures, 'failure')}."
    )
    return reason._replace(more=(counts,))


def noting(scene: Scene, node: NodeInfo) -> Reason:
    """StatusToBlackboard: the child's answer, and where it stands."""
    reason = _passing(scene, node)
    name = scene.status(node).name
    return reason._replace(more=(f"It wrote {name} to {node.config['variable']}.",))


DECORATORS: dict[str, Callable[[Scene, NodeInfo], Reason]] = {
    **dict.fromkeys(CONVERSIONS, converter),
    "Retry": retry,
    "Repeat": repeat,
    "Timeout": timeout,
    "Delay": delay,
    "Cooldown": cooldown,
    "RateLimit": rate_limit,
    "OneShot": one_shot,
    "Guard": guard,
    "ForEach": for_each,
    "Count": counting,
    "StatusToBlackboard": noting,
}
