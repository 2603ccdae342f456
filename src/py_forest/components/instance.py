"""Making a tree of a component."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from py_forest.engine.catalogue import default_catalogue
from py_forest.engine.parameters import parameter_values, substitute
from py_forest.engine.problems import Problems
from py_forest.kit.text import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from py_forest.components.library import Component
    from py_forest.models.trees import NodeDocument

_OF_THE_COMPONENT = frozenset({"parameters", "tests"})
"""Sections that describe the component rather than a tree made of it."""


def instantiate(
    component: Component,
    parameters: Mapping[str, Any] | None = None,
    *,
    slots: Mapping[str, NodeDocument] | None = None,
    make_id: Callable[[], str] = lambda: str(uuid4()),
) -> dict[str, Any]:
    """Make a tree of a component: parameters filled in, fresh ids, and where it came from.

    The tree's `metadata.component` and its root's `ui_metadata.component` say which component it
    was, in which version, with which parameters; so it can be told later that there is a newer one,
    also when the root was put into another tree.

    Args:
        component: the component.
        parameters: values for its parameters; the others take their defaults.
        slots: what to put in the place of its Placeholders, by their names.
        make_id: makes the ids of the nodes.

    Returns:
        A definition: `root`, `metadata`, and what else the component says. It carries neither
        `parameters` nor `tests`: they are the component's.

    Raises:
        DefinitionInvalid: a parameter is unknown, or has the wrong type.
        ValueError: the component has no such slot.
    """
    definition = component.definition()
    problems = Problems()
    filled = substitute(definition, parameters, problems)
    problems.raise_errors()
    values = parameter_values(definition, parameters or {}, problems)
    making = _Making(slots or {}, make_id)
    document: dict[str, Any] = {
        key: value for key, value in filled.document.items() if key not in _OF_THE_COMPONENT
    }
    document["root"] = making.copy(document["root"])
    if document.get("subtrees"):
        document["subtrees"] = {
            name: making.copy(node) for name, node in document["subtrees"].items()
        }
    making.check_used()
    origin = {"id": component.id, "version": component.version, "parameters": values}
    document["metadata"] = {
        **filled.metadata,
        "name": component.name,
        "version": component.version,
        "component": origin,
    }
    root = document["root"]
    root["ui_metadata"] = {**(root.get("ui_metadata") or {}), "component": deepcopy(origin)}
    return document


class _Making:
    """Copies nodes, giving each an id, and puts others into slots."""

    def __init__(self, slots: Mapping[str, NodeDocument], make_id: Callable[[], str]) -> None:
        self._slots = slots
        self._make_id = make_id
        self._seen: list[str] = []
        self._catalogue = default_catalogue()

    def copy(self, root: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of a node and all below it."""
        holder: list[dict[str, Any]] = [{}]
        waiting: list[tuple[Mapping[str, Any], list[dict[str, Any]], int]] = [(root, holder, 0)]
        while waiting:
            node, siblings, at = waiting.pop()
            made = {**self._chosen(node), "node_id": self._make_id()}
            siblings[at] = made
            children = made.get("children")
            if children:
                copies: list[dict[str, Any]] = [{} for _ in children]
                made["children"] = copies
                waiting += [(child, copies, index) for index, child in enumerate(children)]
        return holder[0]

    def _chosen(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the node, or what is put into the slot that it is."""
        written = node.get("node_type")
        node_type = self._catalogue.find(written) if isinstance(written, str) else None
        if node_type is None or node_type.name != "Placeholder":
            return node
        name = node.get("name") or node_type.name
        self._seen.append(name)
        return self._slots.get(name, node)

    def check_used(self) -> None:
        """Refuse what was given for a slot that is not there.

        Raises:
            ValueError: there is such a one.
        """
        for name in self._slots:
            if name not in self._seen:
                guess = did_you_mean(name, self._seen)
                hint = f"; did you mean {quoted(guess)}?" if guess else ""
                raise ValueError(f"the component has no slot {quoted(name)}{hint}")
