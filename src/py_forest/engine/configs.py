"""The thorough check of one node's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.acceptors import BAD
from py_forest.engine.fields import FieldCheck
from py_forest.engine.normalise import json_type
from py_forest.engine.problems import Problems, pointer_to
from py_forest.engine.specs import Spec, blocked_by
from py_forest.kit.text import counted, did_you_mean, listed, quoted
from py_forest.models.nodes import ConfigField, NodeType, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from py_forest.engine.board import Board
    from py_forest.engine.place import Place
    from py_forest.kit.json import JsonValue

_BLOCKED = "\0blocked"
"""Marks, among the labels of siblings, that what follows was reported as unreachable."""


class ConfigCheckup:
    """Checks configurations about which the quick way had a doubt.

    Args:
        board: the variables as this body sees them.
        problems: where to say what is wrong.
        actions: names of the registered actions, None when they are not known.
        place: where the walk is.
    """

    def __init__(
        self, board: Board, problems: Problems, actions: frozenset[str] | None, place: Place
    ) -> None:
        self.board = board
        self.problems = problems
        self.actions = actions
        self.place = place
        # What a node type's own check sees of the node (models.nodes.Scene).
        self.name = ""
        self.children: Sequence[Any] = ()

    def complain(
        self,
        node: dict[str, Any],
        code: str,
        message: str,
        *at: str | int,
        severity: Severity = "error",
        suggestion: str | None = None,
    ) -> None:
        """Add a problem of the node that is being visited."""
        if not self.problems.has_room(severity):
            self.problems.count_one(severity)
            self.board.is_quiet |= severity == "warning"
            return
        self.problems.add(
            code,
            message,
            pointer_to(self.place.pointer(), *at),
            severity=severity,
            node_id=node.get("node_id"),
            suggestion=suggestion,
        )

    def wrong_type(self, node: dict[str, Any], key: str, wanted: str) -> None:
        """Report a key of the node that has the wrong type."""
        message = f"`{key}` must be {wanted}, not {json_type(node[key])}"
        self.complain(node, "WRONG_TYPE", message, key)

    def blocks_siblings(self, node: dict[str, Any], shown: str) -> None:
        """Warn that what follows a node in its parent can never run."""
        siblings, seen = self.place.frames[-1][0], self.place.frames[-1][4]
        rest = len(siblings) - self.place.position() - 1
        if rest and _BLOCKED not in seen:
            seen[_BLOCKED] = 1
            self.complain(
                node,
                "UNREACHABLE_BRANCH",
                f"this `{shown}` always ends the same way, so the {counted(rest, 'node')} after it "
                "can never run",
                severity="warning",
            )

    def configure(
        self, node: dict[str, Any], spec: Spec, config: JsonValue, children: Sequence[Any]
    ) -> dict[str, Any]:
        """Check a configuration thoroughly and return what the engine runs."""
        if not self.problems.has_room("error"):
            # The list is full: what is doubtful is counted, and not looked at.
            self.problems.count_one("error")
            return spec.defaults
        if config is None:
            config = {}
        if not isinstance(config, dict):
            self.wrong_type(node, "config", "an object")
            return spec.defaults
        name = node.get("name")
        self.name = name if isinstance(name, str) else ""
        self.children = children
        found = self.problems.error_count
        spelt, written = self._prepared(spec, *self._spell(node, spec, config))
        if self.problems.error_count == found:
            accepted = spec.accept(spelt)
            if accepted is not None:
                return accepted
        values, constant = self._check_fields(node, spec, spelt, written)
        self._check_forms(node, spec, spelt)
        if self.problems.error_count > found:
            return values
        self._check_value_types(node, spec, values, written)
        resolved: Mapping[str, Any] = {**spec.defaults, **values}
        self._check_own_rules(node, spec, resolved, written)
        self._check_action(node, spec, resolved)
        if constant is not None:
            self._constant_condition(node, spec, constant[0])
        resolve = spec.node_type.resolve
        if self.problems.error_count == found and resolve is not None:
            resolved = resolve(resolved, self)
        return self._as_run(spec.node_type, resolved)

    def _prepared(
        self, spec: Spec, config: dict[str, Any], written: dict[str, str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Turn a short form into the full one."""
        prepare = spec.node_type.prepare
        prepared = config if prepare is None else prepare(config, self)
        if prepared is config:
            return config, written
        # What was written in short stands where the text was.
        place = next(iter(written.values()), "")
        return dict(prepared), {key: written.get(key, place) for key in prepared}

    def _check_own_rules(
        self,
        node: dict[str, Any],
        spec: Spec,
        config: Mapping[str, Any],
        written: dict[str, str],
    ) -> None:
        """Apply the rules that the type itself has between fields and children."""
        for complaint in spec.node_type.check(config, self) if spec.node_type.check else ():
            at = complaint.at
            if len(at) > 1 and at[0] == "config":
                at = ("config", written.get(str(at[1]), at[1]), *at[2:])
            self.complain(
                node,
                complaint.code,
                complaint.message,
                *at,
                severity=complaint.severity,
                suggestion=complaint.suggestion,
            )

    def custom_type(self, node_type: NodeType) -> None:
        """Note that the node's type is not built in."""

    def _as_run(self, node_type: NodeType, resolved: Mapping[str, Any]) -> dict[str, Any]:
        if node_type.is_builtin:
            return dict(resolved)
        self.custom_type(node_type)
        arguments = {key: {"value": value} for key, value in resolved.items()}
        return {"action": node_type.action, "arguments": arguments}

    def _spell(
        self, node: dict[str, Any], spec: Spec, config: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the configuration with canonical keys, and how each was written."""
        spelt: dict[str, Any] = {}
        written: dict[str, str] = {}
        for key, value in config.items():
            name = spec.names.get(key, key)
            if name in spelt:
                message = f"`{written[name]}` and `{key}` are two names for one thing; give one"
                self.complain(node, "CONFIG_CONFLICT", message, "config", key)
                continue
            config_field = spec.fields.get(name)
            if value is None and config_field is not None and not config_field.nullable:
                # Forms send null for what was left empty.
                continue
            spelt[name] = value
            written[name] = key
        return spelt, written

    def _check_fields(
        self, node: dict[str, Any], spec: Spec, config: dict[str, Any], written: dict[str, str]
    ) -> tuple[dict[str, Any], tuple[Any] | None]:
        def complain(code: str, message: str, *at: str | int, **more: JsonValue) -> None:
            self.complain(node, code, message, *at, **more)

        check = FieldCheck(self.board, self.place.pointer, complain)
        values: dict[str, Any] = {}
        for key, value in config.items():
            config_field = spec.fields.get(key)
            if config_field is None:
                if spec.node_type.extra_config:
                    config_field = ConfigField(key, "value", "", nullable=True)
                else:
                    self._unknown_config(node, spec, key, written.get(key, key))
                    continue
            checked = check.check(config_field, value, "config", written.get(key, key))
            if checked is not BAD and not (value is None and config_field.type != "value"):
                values[key] = checked
        is_whole = "variable" not in config
        return values, check.constant if is_whole else None

    def _unknown_config(self, node: dict[str, Any], spec: Spec, key: str, written: str) -> None:
        guess = did_you_mean(key, spec.names)
        if guess:
            hint = f"; did you mean `{guess}`?"
        elif spec.fields:
            hint = f"; it has {listed(list(spec.fields)[:8], 'and')}"
        else:
            hint = "; it has no configuration"
        message = f"`{spec.name}` has no configuration key {quoted(written)}{hint}"
        self.complain(node, "CONFIG_UNKNOWN", message, "config", written, suggestion=guess)

    def _check_forms(self, node: dict[str, Any], spec: Spec, config: dict[str, Any]) -> None:
        """Check that what is required is there, in one of the ways there are to give it."""
        forms = spec.node_type.forms or (tuple(sorted(spec.required)),)
        complete = [form for form in forms if all(key in config for key in form)]
        own = {key for form in forms for key in form}
        if complete:
            best = max(complete, key=len)
            for key in config:
                if key in own and key not in best:
                    message = f"`{key}` cannot be given together with {listed(best, 'and')}"
                    self.complain(node, "CONFIG_CONFLICT", message, "config", key)
            return
        closest = max(forms, key=lambda form: sum(key in config for key in form))
        at = ("config",) if "config" in node else ()
        for key in closest:
            if key not in config:
                instead = [form for form in forms if form is not closest and key not in form]
                hint = f" (or give {listed(instead[0], 'and')})" if instead else ""
                self.complain(node, "CONFIG_MISSING", f"`{spec.name}` needs `{key}`{hint}", *at)

    def _check_value_types(
        self, node: dict[str, Any], spec: Spec, values: dict[str, Any], written: dict[str, str]
    ) -> None:
        for config_field in spec.node_type.config:
            of = config_field.value_of
            if of is None or config_field.name not in values or of not in values:
                continue
            declared = self.board.declared.get(values[of])
            objection = declared.objection(values[config_field.name]) if declared else None
            if objection is not None:
                shown = quoted(repr(values[config_field.name]))
                message = f"variable `{values[of]}` {objection}, so it cannot be {shown}"
                at = written.get(config_field.name, config_field.name)
                self.complain(node, "CONFIG_TYPE", message, "config", at)

    def _check_action(self, node: dict[str, Any], spec: Spec, config: Mapping[str, Any]) -> None:
        name = config.get("action") if spec.name == "Action" else spec.node_type.action
        if self.actions is None or name is None or name in self.actions:
            return
        guess = did_you_mean(name, self.actions)
        hint = f"; did you mean `{guess}`?" if guess else ""
        at = ("config", "action") if spec.name == "Action" else ("node_type",)
        message = f"no action {quoted(name)} is registered{hint}"
        self.complain(node, "ACTION_UNKNOWN", message, *at, suggestion=guess)

    def _constant_condition(self, node: dict[str, Any], spec: Spec, value: JsonValue) -> None:
        holds = bool(value)
        at = "expression" if "expression" in (node.get("config") or {}) else ""
        self.complain(
            node,
            "CONSTANT_CONDITION",
            f"this condition reads no variable: it is always {'true' if holds else 'false'}",
            *(("config", at) if at else ()),
            severity="warning",
        )
        if not self.children and self.place.frames[-1][3] in blocked_by(succeeds=holds):
            self.blocks_siblings(node, spec.name)
