"""One line that says what a node is set to do: `order_total > 1000`, `up to 3 times`.

A summary is for reading, not for parsing back; it is made of whatever is written, valid or not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

_LONGEST = 80
_MOST_ENTRIES = 5

Config = Mapping[str, Any]


def summary(node_type: str, config: Config) -> str:
    """Say in a few words what a node's configuration amounts to; empty when it says nothing.

    Args:
        node_type: the canonical type.
        config: its configuration as written, aliases of keys resolved or not.
    """
    maker = _SUMMARIES.get(node_type, _listing)
    return clipped(" ".join(maker(config).split()))


def clipped(text: str, longest: int = _LONGEST) -> str:
    """Shorten a text to `longest` characters, the last one being `…` if any were left out."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def said(value: object) -> str:
    """Write a JSON value shortly; what is nested or long is counted, not shown."""
    if isinstance(value, str):
        return json.dumps(clipped(value), ensure_ascii=False)
    if isinstance(value, list):
        if len(value) > _MOST_ENTRIES:
            return f"[… {len(value):,} entries]"
        return f"[{', '.join(_said_within(entry) for entry in value)}]"
    if isinstance(value, dict):
        if len(value) > _MOST_ENTRIES:
            return f"{{… {len(value):,} keys}}"
        pairs = (f"{clipped(str(key))}: {_said_within(entry)}" for key, entry in value.items())
        return f"{{{', '.join(pairs)}}}"
    return json.dumps(value) if isinstance(value, bool | int | float | None) else repr(value)


def _said_within(value: object) -> str:
    if isinstance(value, list):
        return "[…]" if value else "[]"
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    return said(value)


def _plain(value: object) -> str:
    """Write what is a name or an expression without quotes."""
    return clipped(value) if isinstance(value, str) else said(value)


def _seconds(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g} s"
    return _plain(value)


def _listing(config: Config) -> str:
    return " · ".join(f"{key} {said(value)}" for key, value in list(config.items())[:_MOST_ENTRIES])


def _comparison(config: Config) -> str:
    operator = config.get("operator_str", config.get("operator"))
    if "variable" in config and operator is not None:
        right = (
            _plain(config["expression"]) if "expression" in config else said(config.get("value"))
        )
        return f"{_plain(config['variable'])} {_plain(operator)} {right}"
    return _plain(config.get("expression", config.get("condition", "")))


def _assignment(config: Config) -> str:
    if "variable" not in config:
        return ""
    value = _plain(config["expression"]) if "expression" in config else said(config.get("value"))
    mark = "=" if config.get("overwrite", True) else "?="
    return f"{_plain(config['variable'])} {mark} {value}"


def _guard(config: Config) -> str:
    wording = _comparison(config)
    return f"{wording} · checked once" if config.get("abort") == "none" else wording


def _retry(config: Config) -> str:
    times = config.get("num_failures", config.get("num_attempts", 3))
    wording = "until it succeeds" if times == -1 else f"up to {_plain(times)} times"
    backoff = config.get("backoff", "none")
    if backoff == "none":
        return wording
    return f"{wording} · {_plain(backoff)} from {_seconds(config.get('initial_delay', 1.0))}"


def _repeat(config: Config) -> str:
    times = config.get("num_success", config.get("num_cycles", -1))
    return "for ever" if times == -1 else f"{_plain(times)} times"


def _rate_limit(config: Config) -> str:
    return f"{_plain(config.get('max_calls', 1))} per {_seconds(config.get('period', '?'))}"


def _parallel(config: Config) -> str:
    policy = config.get("policy", "SuccessOnAll")
    if policy == "Threshold":
        successes = config.get("success_threshold", -1)
        needed = "all" if successes == -1 else said(successes)
        return f"{needed} must succeed · {said(config.get('failure_threshold', 1))} may fail it"
    wordings = {
        "SuccessOnAll": "all must succeed",
        "SuccessOnOne": "one is enough",
        "SuccessOnSelected": f"these must succeed: {said(config.get('selected', []))}",
    }
    return wordings.get(policy, _plain(policy)) if isinstance(policy, str) else said(policy)


def _switch(config: Config) -> str:
    cases = config.get("cases")
    by = _plain(config.get("expression", config.get("variable", "?")))
    return f"{by} → {', '.join(map(said, cases))}" if isinstance(cases, list) else by


def _for_each(config: Config) -> str:
    return f"{_plain(config.get('item', '?'))} in {_plain(config.get('items', '?'))}"


def _decision_table(config: Config) -> str:
    rows = config.get("rows")
    count = len(rows) if isinstance(rows, list) else 0
    return f"{count:,} {'row' if count == 1 else 'rows'} · {_plain(config.get('hit', 'first'))}"


def _probability(config: Config) -> str:
    share = config.get("probability")
    if isinstance(share, int | float) and not isinstance(share, bool):
        return f"{share * 100:g} %"
    return _plain(share)


def _status_queue(config: Config) -> str:
    queue = config.get("queue")
    statuses = [_plain(status) for status in queue[:8]] if isinstance(queue, list) else []
    eventually = config.get("eventually")
    return ", ".join([*statuses, f"then {eventually}" if eventually else "then from the start"])


def _tick_counter(config: Config) -> str:
    return f"{_plain(config.get('duration', '?'))} ticks"


def _action(config: Config) -> str:
    inputs = config.get("inputs")
    arguments = [
        f"{key}={_plain(text)}"
        for key, text in (inputs.items() if isinstance(inputs, dict) else ())
    ]
    others = set(config) - {"action", "inputs", "outputs", "timeout"}
    arguments += [f"{key}={said(config[key])}" for key in config if key in others]
    return f"{_plain(config.get('action', ''))}({', '.join(arguments[:_MOST_ENTRIES])})"


def _human(config: Config) -> str:
    options = config.get("options")
    choice = (
        f" ({' / '.join(map(_plain, options))})" if isinstance(options, list) and options else ""
    )
    return f"{_plain(config.get('prompt', ''))}{choice}"


def _of(key: str, wording: str = "{}", default: object = "") -> Callable[[Config], str]:
    return lambda config: wording.format(_plain(config.get(key, default)))


def _duration(config: Config) -> str:
    return _seconds(config.get("duration", "?"))


def _memory(kept: str, afresh: str, default: bool) -> Callable[[Config], str]:
    return lambda config: kept if config.get("memory", default) else afresh


def _words(text: str) -> Callable[[Config], str]:
    return lambda _: text


_SUMMARIES: dict[str, Callable[[Config], str]] = {
    "Sequence": _memory("all, in order", "all, from the first each tick", True),
    "Selector": _memory("first that succeeds, remembered", "first that succeeds", False),
    "ReactiveSequence": _words("all, rechecked each tick"),
    "ReactiveFallback": _words("rechecked each tick"),
    "RandomSelector": _words("first that succeeds, in random order"),
    "RandomSequence": _words("all, in random order"),
    "UtilitySelector": _words("highest score first"),
    "Parallel": _parallel,
    "IfThenElse": _words("first decides: second or third"),
    "WhileDoElse": _words("while first holds: second, else third"),
    "Switch": _switch,
    "SubTree": _words(""),
    "Inverter": _words("success ⇄ failure"),
    "ForceSuccess": _words("always success"),
    "ForceFailure": _words("always failure"),
    "Retry": _retry,
    "Repeat": _repeat,
    "KeepRunningUntilFailure": _words("until it fails"),
    "ForEach": _for_each,
    "OneShot": _words("once"),
    "Timeout": _duration,
    "Delay": _duration,
    "Cooldown": _duration,
    "RateLimit": _rate_limit,
    "Guard": _guard,
    "Count": _of("variable", "in {}", "…"),
    "StatusToBlackboard": _of("variable", "to {}"),
    "Wait": _duration,
    "Placeholder": _of("status", "answers {}", "FAILURE"),
    "CheckBlackboardCondition": _comparison,
    "WaitForBlackboardCondition": lambda config: f"until {_comparison(config)}",
    "Condition": _comparison,
    "Probability": _probability,
    "SetBlackboardVariable": _assignment,
    "UnsetBlackboardVariable": _of("variable", "forget {}"),
    "Script": _of("script"),
    "DecisionTable": _decision_table,
    "TickCounter": _tick_counter,
    "StatusQueue": _status_queue,
    "Log": _of("message", "“{}”"),
    "HumanDecision": _human,
    "External": _action,
    "Action": _action,
}
