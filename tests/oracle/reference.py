"""A second engine: the documented rules in plain Python, as slow and as plain as can be.

Each rule is written from the truth table of its node type, not from the native code, so that an
error has to be made twice to pass unseen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.oracle.reference_engine import (
    FAILURE,
    FINISHED,
    RUNNING,
    SKIPPED,
    SUCCESS,
    LeafError,
    Node,
    Reference,
    rule,
)

__all__ = ["Reference"]

# --- composites -----------------------------------------------------------------------------------


def in_order(t: Reference, node: Node, order: Sequence[Node], goes_on: str) -> str:
    """Tick from the remembered place until a child answers something else than `goes_on`.

    SKIPPED when every child was asked in this tick and chose to be skipped.
    """
    first = node.cells["place"]
    skipped = 0
    for place in range(first, len(order)):
        answer = t.child(order[place])
        skipped += answer == SKIPPED
        if answer not in (goes_on, SKIPPED):
            node.cells["place"] = place
            return answer
    return SKIPPED if skipped == len(order) > 0 else goes_on


@rule("Sequence")
def sequence(t: Reference, node: Node) -> str:
    memory = node.config.get("memory", True)
    if t.start(node) or not memory:
        node.cells["place"] = 0
    answer = in_order(t, node, node.children, SUCCESS)
    if not memory and answer in (RUNNING, FAILURE):
        t.halt(*node.children[node.cells["place"] + 1 :])
    return answer


@rule("Selector")
def selector(t: Reference, node: Node) -> str:
    memory = node.config.get("memory", False)
    before = node.cells["place"] if node.resumes else 0
    if not node.resumes or not memory:
        node.cells["place"] = 0
    t.halt(*node.children[: node.cells["place"]])
    answer = in_order(t, node, node.children, FAILURE)
    if answer in (RUNNING, SUCCESS) and node.cells["place"] != before:
        t.halt(*node.children[node.cells["place"] + 1 :])
    return answer


@rule("ReactiveSequence", "ReactiveFallback")
def reactive(t: Reference, node: Node) -> str:
    t.start(node)
    node.cells["place"] = 0
    goes_on = SUCCESS if node.type == "ReactiveSequence" else FAILURE
    answer = in_order(t, node, node.children, goes_on)
    if answer not in (goes_on, SKIPPED):
        place = node.cells["place"]
        t.halt_running(*node.children[:place], *node.children[place + 1 :])
    return answer


@rule("Parallel")
def parallel(t: Reference, node: Node) -> str:
    t.start(node)
    for child in node.children:
        if not (node.config.get("synchronise", True) and child.status in FINISHED):
            t.child(child)
    answer = decide(node, [child.status for child in node.children])
    if answer != RUNNING:
        t.halt_running(*node.children)
    return answer


def decide(node: Node, answers: list[str]) -> str:
    """Judge a Parallel by its children: failure first."""
    policy = node.config.get("policy", "SuccessOnAll")
    by_count = policy == "Threshold"
    ran = len(answers) - answers.count(SKIPPED)
    allowed = node.config.get("failure_threshold", 1) if by_count else 1
    needed = node.config.get("success_threshold", -1) if by_count else -1
    needed = 1 if policy == "SuccessOnOne" else needed
    needed = ran if needed == -1 else needed
    failed = answers.count(FAILURE) >= (len(answers) if allowed == -1 else allowed)
    if not answers:
        return SUCCESS
    if failed:
        return FAILURE
    if ran == 0:
        return SKIPPED
    if policy == "SuccessOnSelected":
        chosen = {answers[place] for place in node.config["selected"]}
        return SUCCESS if chosen <= {SUCCESS, SKIPPED} else RUNNING
    if answers.count(SUCCESS) >= needed:
        return SUCCESS
    return FAILURE if by_count and ran - answers.count(FAILURE) < needed else RUNNING


@rule("IfThenElse")
def if_then_else(t: Reference, node: Node) -> str:
    condition, *branches = node.children
    if t.start(node):
        node.cells["branch"] = None
    if node.cells["branch"] is None:
        answer = t.child(condition)
        if answer == RUNNING:
            return RUNNING
        node.cells["branch"] = 0 if answer == SUCCESS else 1
    branch = node.cells["branch"]
    return t.child(branches[branch]) if branch < len(branches) else FAILURE


@rule("WhileDoElse")
def while_do_else(t: Reference, node: Node) -> str:
    condition, *branches = node.children
    t.start(node)
    answer = t.child(condition)
    if answer == RUNNING:
        return RUNNING
    branch = 0 if answer == SUCCESS else 1
    t.halt(*branches[:branch], *branches[branch + 1 :])
    return t.child(branches[branch]) if branch < len(branches) else FAILURE


@rule("Switch")
def switch(t: Reference, node: Node) -> str:
    t.start(node)
    value = t.evaluate(node.config["variable"])
    cases = node.config["cases"]
    place = cases.index(value) if value in cases else len(cases)
    t.halt(*node.children[:place], *node.children[place + 1 :])
    return t.child(node.children[place]) if place < len(node.children) else FAILURE


@rule("RandomSelector", "RandomSequence")
def in_random_order(t: Reference, node: Node) -> str:
    if t.start(node):
        weights = node.config.get("weights") or [1.0] * len(node.children)
        draws = [t.draw(node) for _ in node.children]
        keys = [
            math.log(1.0 - u) / w if w > 0 else -math.inf
            for u, w in zip(draws, weights, strict=True)
        ]
        places = sorted(range(len(keys)), key=lambda place: -keys[place])
        node.cells.update(place=0, order=[node.children[place] for place in places])
    goes_on = SUCCESS if node.type == "RandomSequence" else FAILURE
    return in_order(t, node, node.cells["order"], goes_on)


@rule("UtilitySelector")
def by_utility(t: Reference, node: Node) -> str:
    ran = [child for child in node.children if child.status == RUNNING]
    if t.start(node) or not node.config.get("memory", False):
        try:
            scores = [t.evaluate(text) for text in node.config["scores"]]
            if not all(isinstance(score, int | float) for score in scores):
                raise LeafError("type")
        except LeafError:
            t.halt(*node.children)
            raise
        places = sorted(range(len(scores)), key=lambda place: -scores[place])
        node.cells.update(place=0, order=[node.children[place] for place in places])
    answer = in_order(t, node, node.cells["order"], FAILURE)
    if answer in (SUCCESS, RUNNING):
        winner = node.cells["order"][node.cells["place"]]
        t.halt_running(*(child for child in ran if child is not winner))
    return answer


@rule("SubTree")
def subtree(t: Reference, node: Node) -> str:
    return t.child(node.children[0])


# --- decorators -----------------------------------------------------------------------------------

CONVERSIONS = {
    "Inverter": {SUCCESS: FAILURE, FAILURE: SUCCESS},
    "ForceSuccess": {FAILURE: SUCCESS},
    "ForceFailure": {SUCCESS: FAILURE},
    "RunningIsFailure": {RUNNING: FAILURE},
    "RunningIsSuccess": {RUNNING: SUCCESS},
    "FailureIsSuccess": {FAILURE: SUCCESS},
    "FailureIsRunning": {FAILURE: RUNNING},
    "SuccessIsFailure": {SUCCESS: FAILURE},
    "SuccessIsRunning": {SUCCESS: RUNNING},
    "KeepRunningUntilFailure": {SUCCESS: RUNNING},
}


@rule(*CONVERSIONS)
def convert(t: Reference, node: Node) -> str:
    answer = t.child(node.children[0])
    answer = CONVERSIONS[node.type].get(answer, answer)
    if answer != RUNNING:
        t.halt_running(*node.children)
    return answer


@rule("Retry")
def retry(t: Reference, node: Node) -> str:
    if not node.resumes:
        node.cells.update(failures=0, not_before=-math.inf)
    if t.now * 1e9 < node.cells["not_before"]:
        return RUNNING
    answer = t.child(node.children[0])
    if answer != FAILURE:
        return answer
    node.cells["failures"] += 1
    if node.cells["failures"] == node.config.get("num_failures", 3):
        return FAILURE
    backoff = node.config.get("backoff", "none")
    if backoff != "none":
        doublings = node.cells["failures"] - 1 if backoff == "exponential" else 0
        delay = min(node.config["initial_delay"] * 2.0**doublings, node.config["max_delay"])
        jitter = node.config["jitter"]
        spread = 1.0 + jitter * (2.0 * t.draw(node) - 1.0) if jitter > 0 else 1.0
        node.cells["not_before"] = t.now * 1e9 + int(delay * 1e9 * spread)
    return RUNNING


@rule("Repeat")
def repeat(t: Reference, node: Node) -> str:
    if not node.resumes:
        node.cells["done"] = 0
    answer = t.child(node.children[0])
    if answer != SUCCESS:
        return answer
    node.cells["done"] += 1
    return SUCCESS if node.cells["done"] == node.config["num_success"] else RUNNING


@rule("Timeout")
def timeout(t: Reference, node: Node) -> str:
    if not node.resumes:
        node.cells["deadline"] = t.after(node.config["duration"])
    answer = t.child(node.children[0])
    if answer == RUNNING and t.now > node.cells["deadline"]:
        t.halt(*node.children)
        return FAILURE
    return answer


@rule("Delay")
def delay(t: Reference, node: Node) -> str:
    if not node.resumes:
        node.cells["until"] = t.after(node.config["duration"])
    return RUNNING if t.now < node.cells["until"] else t.child(node.children[0])


@rule("Cooldown")
def cooldown(t: Reference, node: Node) -> str:
    child = node.children[0]
    if child.status != RUNNING and t.now < node.cells.get("until", -math.inf):
        return str(node.config["status"])
    answer = t.child(child)
    if answer in (SUCCESS, FAILURE):
        node.cells["until"] = t.after(node.config["duration"])
    return answer


@rule("RateLimit")
def rate_limit(t: Reference, node: Node) -> str:
    child = node.children[0]
    if child.status != RUNNING:
        starts = node.cells.setdefault("starts", [])
        recent = [start for start in starts if t.now < t.after(node.config["period"], start)]
        if len(recent) >= node.config["max_calls"]:
            return str(node.config["status"])
        starts.append(t.now)
    return t.child(child)


@rule("OneShot")
def one_shot(t: Reference, node: Node) -> str:
    if "kept" in node.cells:
        return str(node.cells["kept"])
    answer = t.child(node.children[0])
    if answer == SUCCESS or (answer == FAILURE and node.config["policy"] == "OnCompletion"):
        node.cells["kept"] = answer
    return answer


@rule("Guard")
def guard(t: Reference, node: Node) -> str:
    asks = not node.resumes or node.config.get("abort", "self") == "self"
    if asks and not t.compares(node.config):
        t.halt_running(*node.children)
        return FAILURE
    return t.child(node.children[0])


@rule("ForEach")
def for_each(t: Reference, node: Node) -> str:
    child = node.children[0]
    if not node.resumes:
        items = t.evaluate(node.config["items"])
        if not isinstance(items, list):
            raise LeafError("type")
        node.cells.update(items=items, position=0)
    items, position = node.cells["items"], node.cells["position"]
    if position == len(items):
        return SUCCESS
    if child.status != RUNNING:
        t.board[node.config["item"]] = items[position]
        t.board[node.config["index"]] = position
    answer = t.child(child)
    if answer in (RUNNING, FAILURE):
        return answer
    node.cells["position"] += 1
    return RUNNING if position + 1 < len(items) else SUCCESS


@rule("Count")
def count(t: Reference, node: Node) -> str:
    answer = t.child(node.children[0])
    counted = node.cells.setdefault(
        "counted", dict.fromkeys(("ticks", RUNNING, SUCCESS, FAILURE), 0)
    )
    counted["ticks"] += 1
    if answer != SKIPPED:
        counted[answer] += 1
    t.board[node.config["variable"]] = {
        **{name.lower(): number for name, number in counted.items()},
        "interrupted": node.cells.get("interrupted", 0),
    }
    return answer


@rule("StatusToBlackboard")
def status_to_blackboard(t: Reference, node: Node) -> str:
    answer = t.board[node.config["variable"]] = t.child(node.children[0])
    return answer


# --- leaves ---------------------------------------------------------------------------------------


@rule("Success", "Failure", "Running")
def constant(_: Reference, node: Node) -> str:
    return node.type.upper()


@rule("Placeholder")
def placeholder(_: Reference, node: Node) -> str:
    return str(node.config["status"])


@rule("Log")
def log(_: Reference, __: Node) -> str:
    return SUCCESS


@rule("Action")
def scripted(t: Reference, node: Node) -> str:
    answers = node.config["answers"]
    return str(answers[t.board["tick"] % len(answers)])


@rule("External")
def external(t: Reference, node: Node) -> str:
    if not node.resumes:
        node.cells["deadline"] = t.after(node.config.get("timeout", math.inf))
        return RUNNING
    ended = [answer for answer in t.delivered.pop(node.index, []) if answer != RUNNING]
    if not ended and t.now > node.cells["deadline"]:
        raise LeafError("timeout")
    return ended[0] if ended else RUNNING


@rule("Wait")
def wait(t: Reference, node: Node) -> str:
    if not node.resumes:
        node.cells["until"] = t.after(node.config["duration"])
    return RUNNING if t.now < node.cells["until"] else SUCCESS


@rule("TickCounter")
def tick_counter(_: Reference, node: Node) -> str:
    node.cells["ticks"] = node.cells["ticks"] + 1 if node.resumes else 1
    if node.cells["ticks"] <= node.config["duration"]:
        return RUNNING
    return str(node.config["completion_status"])


@rule("StatusQueue")
def status_queue(_: Reference, node: Node) -> str:
    queue, eventually = node.config["queue"], node.config.get("eventually")
    position = node.cells.get("position", 0)
    node.cells["position"] = position + 1
    if eventually is not None and position >= len(queue):
        return str(eventually)
    return str(queue[position % len(queue)])


@rule("Probability")
def probability(t: Reference, node: Node) -> str:
    return SUCCESS if t.draw(node) < node.config["probability"] else FAILURE


@rule("Condition")
def condition(t: Reference, node: Node) -> str:
    return SUCCESS if t.compares(node.config) else FAILURE


@rule("CheckBlackboardCondition")
def check(t: Reference, node: Node) -> str:
    if node.config["variable"] in t.board and t.compares(node.config):
        return t.child(node.children[0]) if node.children else SUCCESS
    t.halt_running(*node.children)
    return FAILURE


@rule("WaitForBlackboardCondition")
def wait_for(t: Reference, node: Node) -> str:
    try:
        holds = node.config["variable"] in t.board and t.compares(node.config)
    except LeafError as error:
        t.note(node, error)
        holds = False
    return SUCCESS if holds else RUNNING


@rule("SetBlackboardVariable")
def set_variable(t: Reference, node: Node) -> str:
    key = node.config["variable"]
    if not node.config.get("overwrite", True) and key in t.board:
        return FAILURE
    text = node.config.get("expression")
    t.board[key] = node.config["value"] if text is None else t.evaluate(text)
    return SUCCESS


@rule("UnsetBlackboardVariable")
def unset_variable(t: Reference, node: Node) -> str:
    t.board.pop(node.config["variable"], None)
    return SUCCESS


@rule("Script")
def script(t: Reference, node: Node) -> str:
    for assignment in node.config["script"].split(";"):
        key, _, text = assignment.partition("=")
        t.board[key.strip()] = t.evaluate(text.strip())
    return SUCCESS


@rule("DecisionTable")
def decision_table(t: Reference, node: Node) -> str:
    collects = node.config["hit"] == "collect"
    hits: list[dict[str, object]] = []
    for row in node.config["rows"]:
        if (collects or not hits) and row_holds(t, row["when"]):
            hits.append({key: computed(t, value) for key, value in row["outputs"].items()})
    if not hits and "default" not in node.config:
        return FAILURE
    if not hits:
        t.board.update(node.config["default"])
    elif collects:
        t.board.update(
            {key: [hit[key] for hit in hits if key in hit] for key in set().union(*hits)}
        )
    else:
        t.board.update(hits[0])
    return SUCCESS


def row_holds(t: Reference, when: str | dict[str, object]) -> bool:
    """Judge a row by an expression, or by what each key must equal."""
    if isinstance(when, str):
        return bool(t.evaluate(when))
    return all(t.evaluate(key) == value for key, value in when.items())


def computed(t: Reference, value: object) -> object:
    """Return an output: a value, or what an expression gives."""
    return t.evaluate(value["expression"]) if isinstance(value, dict) else value
