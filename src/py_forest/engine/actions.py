"""Binding an Action node to the registered action it names.

What a node gives is a mixture: constants, expressions, and what it leaves out. Binding checks it
against what the action takes and makes the configuration the native engine runs, with the
arguments in the order of the call:

    {"action": "restock", "mode": "call", "outputs": {},
     "arguments": {"item": {"expression": "item"}, "amount": {"value": 10}}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.problems import Problems, pointer_to
from py_forest.kit.text import did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from py_forest.engine.registered import RegisteredAction
    from py_forest.engine.registry import Registry
    from py_forest.engine.signatures import Parameter
    from py_forest.models.trees import Problem

LeafObject = tuple[Any, ...]
"""What the native engine calls: `("function", callable, positional)`, where the first `positional`
arguments go by position, or `("class", factory, names, names)`, with the names of the arguments
that `initialise` and `update` take."""

_SECTIONS = ("inputs", "outputs", "timeout")
_GATHERED = frozenset({"action", "arguments", "mode", *_SECTIONS})


def bind_action(
    config: Mapping[str, Any],
    registry: Registry,
    *,
    node_id: str,
    pointer: str | Callable[[], str],
    known_keys: Collection[str] | None,
    problems: Problems | None = None,
) -> tuple[dict[str, Any], LeafObject | None]:
    """Make what the native engine runs from an Action node.

    A parameter takes what the node gives it, as a constant or as an expression; else the variable
    of its name; else its default. Where variables are declared, only those count; where none are,
    any may come from outside.

    Args:
        config: as written (`action`, `inputs`, `outputs`, `timeout`, constants), or with constants
            and expressions gathered under `arguments`, as validation leaves it.
        registry: where the action is looked up.
        node_id: id of the node.
        pointer: JSON pointer of the node, or what gives it.
        known_keys: the declared variables that the node sees; None when any name is allowed.
        problems: where to add what is wrong.

    Returns:
        the configuration and, for an action that answers within the tick, what is called. The
        configuration is empty when something is wrong and `problems` was given.

    Raises:
        DefinitionInvalid: something is wrong and `problems` was left out.
    """
    found = Problems() if problems is None else problems
    before = found.error_count
    binding = _Binding(registry, node_id, pointer, known_keys, found)
    bound = binding.run(config)
    if problems is None:
        found.raise_errors()
    if bound is None or found.error_count > before:
        return {}, None
    return bound


def check_action(
    config: Mapping[str, Any],
    registry: Registry,
    *,
    node_id: str,
    pointer: str | Callable[[], str] = "",
    known_keys: Collection[str] | None = None,
) -> list[Problem]:
    """Return what is wrong with an Action node; the arguments are those of `bind_action`."""
    problems = Problems()
    bind_action(
        config,
        registry,
        node_id=node_id,
        pointer=pointer,
        known_keys=known_keys,
        problems=problems,
    )
    return problems.listed()


class _Binding:
    """The binding of one node."""

    def __init__(
        self,
        registry: Registry,
        node_id: str,
        pointer: str | Callable[[], str],
        known_keys: Collection[str] | None,
        problems: Problems,
    ) -> None:
        self._registry = registry
        self._node_id = node_id
        self._pointer = pointer
        self._known_keys = known_keys
        self._problems = problems

    def run(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], LeafObject | None] | None:
        name = config.get("action")
        action = self._registry.find(name) if isinstance(name, str) else None
        if action is None:
            self._unknown(name)
            return None
        given, sections = _gather(config, action)
        self._refuse_unexpected(action, given)
        constants, arguments = self._arguments(action, given)
        canonical: dict[str, Any] = {
            "action": action.name,
            "mode": action.mode,
            "arguments": arguments,
            "outputs": self._outputs(action, sections.get("outputs")),
        }
        timeout = sections.get("timeout")
        if timeout is not None and self._timeout_fits(action):
            canonical["timeout"] = timeout
        return canonical, self._leaf(action, arguments, constants)

    def _leaf(
        self, action: RegisteredAction, arguments: Mapping[str, Any], constants: Mapping[str, Any]
    ) -> LeafObject | None:
        if action.mode == "await":
            return None
        if action.make_factory is None:
            by_position = 0
            for name, parameter in zip(arguments, action.parameters, strict=False):
                if name != parameter.name or not parameter.by_position:
                    break
                by_position += 1
            return ("function", action.callable, by_position)
        return (
            "class",
            action.make_factory(self._node_id, constants),
            tuple(name for name in action.initialise.names if name in arguments),
            tuple(name for name in action.update.names if name in arguments),
        )

    def _arguments(
        self, action: RegisteredAction, given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the constructor's constants, and the arguments computed when the node runs."""
        constants: dict[str, Any] = {}
        arguments: dict[str, Any] = {}
        for parameter in action.parameters:
            name = parameter.name
            if parameter.is_fixed:
                if name in given:
                    constants[name] = self._constant(action, parameter, given[name])
                elif parameter.is_required:
                    self._missing(action, parameter)
                continue
            argument = given.get(name)
            if argument is None:
                argument = self._left_out(action, parameter)
            elif "value" in argument:
                argument = {"value": self._checked(action, parameter, argument["value"])}
            if argument is not None:
                arguments[name] = argument
        if action.takes_more:
            arguments.update({key: given[key] for key in given if key not in action.by_name})
        return constants, arguments

    def _left_out(self, action: RegisteredAction, parameter: Parameter) -> dict[str, Any] | None:
        name, known = parameter.name, self._known_keys
        if parameter.is_left_out:
            return None
        can_be_key = name.isascii() and (known is None or name in known)
        if parameter.is_key and can_be_key:
            return {"expression": f'bb.get("{name}", None)'}
        if parameter.is_required or parameter.is_key:
            if can_be_key:
                return {"expression": f'bb["{name}"]'}
            self._missing(action, parameter)
            return None
        if can_be_key:
            default = _native.dump_json(parameter.default).decode()
            return {"expression": f'bb.get("{name}", {default})'}
        return {"value": parameter.default}

    def _constant(
        self, action: RegisteredAction, parameter: Parameter, argument: Mapping[str, Any]
    ) -> object:
        if "value" in argument:
            return self._checked(action, parameter, argument["value"])
        self._add(
            "CONFIG_TYPE",
            f"`{parameter.name}` of action `{action.name}` is fixed when the tree is built, so it "
            "cannot be computed; give it as a value",
            "config",
            "inputs",
            parameter.name,
        )
        return None

    def _checked(self, action: RegisteredAction, parameter: Parameter, value: object) -> object:
        objection = parameter.shape.objection(value)
        if objection is None:
            return parameter.shape.convert(value)
        self._add(
            "CONFIG_TYPE" if parameter.shape.choices is None else "CONFIG_CHOICE",
            f"`{parameter.name}` of action `{action.name}` {objection}",
            "config",
            parameter.name,
        )
        return None

    def _outputs(self, action: RegisteredAction, given: object) -> dict[str, str]:
        chosen = given if isinstance(given, dict) else {}
        for name, key in chosen.items():
            if not isinstance(key, str):
                self._add(
                    "CONFIG_TYPE",
                    f"output {quoted(name)} goes to a variable, by name",
                    "config",
                    "outputs",
                    name,
                )
            if action.outputs and name not in action.outputs:
                guess = did_you_mean(name, action.outputs)
                hint = (
                    f"did you mean `{guess}`?"
                    if guess
                    else f"it has {listed(action.outputs, 'and')}"
                )
                self._add(
                    "CONFIG_UNKNOWN",
                    f"action `{action.name}` has no result {quoted(name)}; {hint}",
                    "config",
                    "outputs",
                    name,
                    suggestion=guess,
                )
        outputs = {**action.outputs, **chosen}
        for name, key in outputs.items():
            if self._known_keys is not None and name not in chosen and key not in self._known_keys:
                guess = did_you_mean(key, self._known_keys)
                self._add(
                    "UNKNOWN_VARIABLE",
                    f"action `{action.name}` writes `{name}`, but no variable {quoted(key)} is "
                    "declared in `blackboard_schema`; declare it, or say in `outputs` where it "
                    "goes",
                    "config",
                    suggestion=guess,
                )
        return outputs

    def _timeout_fits(self, action: RegisteredAction) -> bool:
        if action.mode == "await":
            return True
        self._add(
            "CONFIG_UNKNOWN",
            f"action `{action.name}` answers within the tick, so a `timeout` means nothing; only "
            "`async def` actions have one",
            "config",
            "timeout",
        )
        return False

    def _refuse_unexpected(self, action: RegisteredAction, given: Mapping[str, Any]) -> None:
        if action.takes_more:
            return
        for name in given:
            if name in action.by_name:
                continue
            expected = [*action.by_name, *_SECTIONS[:2]]
            guess = did_you_mean(name, expected)
            if guess:
                hint = f"did you mean `{guess}`?"
            elif action.by_name:
                hint = f"it takes {listed(action.by_name, 'and')}"
            else:
                hint = "it takes no arguments"
            at = ("config", "inputs", name) if "expression" in given[name] else ("config", name)
            self._add(
                "CONFIG_UNKNOWN",
                f"action `{action.name}` takes no {quoted(name)}; {hint}",
                *at,
                suggestion=guess,
            )

    def _missing(self, action: RegisteredAction, parameter: Parameter) -> None:
        name = parameter.name
        if parameter.is_fixed or not name.isascii():
            how = "give it in the configuration"
        else:
            how = (
                "give it in the configuration, compute it in `inputs`, or declare a variable of "
                "this name in `blackboard_schema`"
            )
        guess = did_you_mean(name, self._known_keys or ())
        self._add(
            "CONFIG_MISSING",
            f"action `{action.name}` needs `{name}`: {how}",
            "config",
            suggestion=guess,
        )

    def _unknown(self, name: object) -> None:
        if not isinstance(name, str):
            self._add(
                "CONFIG_MISSING", "an Action needs `action`, the name of what it runs", "config"
            )
            return
        self._add(
            "ACTION_UNKNOWN",
            self._registry.unknown(name),
            "config",
            "action",
            suggestion=self._registry.guess(name),
        )

    def _add(self, code: str, message: str, *at: str, suggestion: str | None = None) -> None:
        base = self._pointer if isinstance(self._pointer, str) else self._pointer()
        self._problems.add(
            code, message, pointer_to(base, *at), node_id=self._node_id, suggestion=suggestion
        )


def _gather(
    config: Mapping[str, Any], action: RegisteredAction
) -> tuple[dict[str, Mapping[str, Any]], dict[str, Any]]:
    """Return the arguments a node gives, constants and expressions, and its other sections."""
    arguments = config.get("arguments")
    if config.keys() <= _GATHERED and _is_gathered(arguments):
        given = dict(arguments or {})
        sections = {key: config[key] for key in _SECTIONS if key in config}
        # A node of the action's own type has its sections among the arguments.
        for key in _SECTIONS:
            if key in given and key not in action.by_name and "value" in given[key]:
                sections[key] = given.pop(key)["value"]
    else:
        sections = {key: config[key] for key in _SECTIONS if key in config}
        given = {
            key: {"value": value}
            for key, value in config.items()
            if key not in _SECTIONS and key not in ("action", "mode")
        }
    for key in _SECTIONS:
        if key in sections and key in action.by_name:
            given[key] = {"value": sections.pop(key)}
    inputs = sections.get("inputs")
    if isinstance(inputs, dict):
        given.update({key: {"expression": text} for key, text in inputs.items()})
    return given, sections


def _is_gathered(arguments: object) -> bool:
    return arguments is None or (
        isinstance(arguments, dict)
        and all(
            one.__class__ is dict and len(one) == 1 and ("value" in one or "expression" in one)
            for one in arguments.values()
        )
    )
