"""Finding everything that is wrong with a definition, at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py_forest.engine.board import Board, Variable
from py_forest.engine.bodies import check_body
from py_forest.engine.body import Body
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.declarations import (
    check_required,
    check_sections,
    read_names,
    read_schema,
)
from py_forest.engine.document import Source, collector_paused, read_definition
from py_forest.engine.limits import MAX_SUBTREES
from py_forest.engine.parameters import substitute
from py_forest.engine.problems import Problems, pointer_to
from py_forest.engine.references import check_expansion, check_targets
from py_forest.kit.text import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from py_forest.models.trees import Problem, TreeDefinition

_MOST_NAMED = 100


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What is known of a definition after checking it.

    Args:
        definition: the definition with its placeholders filled in.
        problems: what was found.
        bodies: the root's tree under None, and the subtrees by name, laid out flat.
        variables: the declared variables.
        can_expand: whether the references can be expanded within the limits.
    """

    definition: TreeDefinition
    problems: Problems
    bodies: dict[str | None, Body]
    variables: dict[str, Variable]
    can_expand: bool


def validate(
    source: Source,
    *,
    catalogue: Catalogue | None = None,
    actions: Collection[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> list[Problem]:
    """Return every problem of a definition, warnings included, in document order.

    Args:
        source: a definition in any form, see `load_definition`. Text that is
            no JSON is a problem too.
        catalogue: the node types known; those of the plugins when left out.
        actions: names of the registered actions; left out, any name is taken to be registered.
        parameters: values for parameters; the others take their defaults.

    Returns:
        at most 1,001 problems: past 1,000 the last one says how many more there are.

    Raises:
        DocumentUnreadable: `source` is a file that cannot be read.
    """
    problems = Problems()
    definition = read_definition(source, problems)
    if definition is not None:
        analyse(definition, problems, catalogue=catalogue, actions=actions, parameters=parameters)
    return problems.listed()


def analyse(
    definition: TreeDefinition,
    problems: Problems,
    *,
    catalogue: Catalogue | None = None,
    actions: Collection[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Analysis:
    """Check a definition and lay its bodies out flat.

    Args:
        definition: the definition, its placeholders not yet filled in.
        problems: where to add what is found.
        catalogue: the node types known; those of the plugins when left out.
        actions: names of the registered actions; left out, any name is taken to be registered.
        parameters: values for parameters; the others take their defaults.
    """
    with collector_paused():
        filled = substitute(definition, parameters, problems)
        check_sections(filled, problems)
        variables = read_schema(filled, problems)
        required = read_names(filled, "requires_variables", problems)
        provided = read_names(filled, "provides_variables", problems)
        check_required(filled, variables, problems)
        known_actions = None if actions is None else frozenset(actions)
        check = _BodyChecks(
            filled,
            problems,
            catalogue=catalogue or default_catalogue(),
            actions=known_actions,
            variables=variables,
            named=frozenset((*required, *provided)),
        )
        bodies = check.run()
        check_targets(bodies, check.subtrees, problems)
        can_expand = check_expansion(bodies, problems) and check.is_whole
        check.warn_of_unset()
    return Analysis(filled, problems, bodies, variables, can_expand)


class _BodyChecks:
    """Checks the root's tree and every subtree, each with the variables it sees."""

    def __init__(
        self,
        definition: TreeDefinition,
        problems: Problems,
        *,
        catalogue: Catalogue,
        actions: frozenset[str] | None,
        variables: dict[str, Variable],
        named: frozenset[str],
    ) -> None:
        self._definition = definition
        self._problems = problems
        self._catalogue = catalogue
        self._actions = actions
        self._variables = variables
        self._named = named
        self._boards: dict[str | None, Board] = {}
        self.subtrees: Mapping[str, Any] = definition.subtrees
        self.bodies: dict[str | None, Body] = {}
        self.is_whole = True

    def run(self) -> dict[str | None, Body]:
        """Check all bodies: those that share the tree's variables before those that do not."""
        if len(self.subtrees) > MAX_SUBTREES:
            self._problems.add(
                "LIMIT_EXCEEDED",
                f"a document has at most {MAX_SUBTREES:,} subtrees",
                self._definition.pointer_of("subtrees"),
            )
            self.subtrees = {}
            self.is_whole = False
        self._check_all([None], is_private=False)
        wired = [name for body in self.bodies.values() for name in _targets(body, wired=True)]
        self._check_all(list(wired), is_private=True)
        self._check_all(list(self.subtrees), is_private=False)
        return self.bodies

    def _check_all(self, names: Sequence[str | None], *, is_private: bool) -> None:
        waiting: list[str | None] = list(reversed(names))
        while waiting:
            name = waiting.pop()
            if name in self.bodies or (name is not None and name not in self.subtrees):
                continue
            body = self._check(name, is_private=is_private)
            inner = _targets(body, wired=False)
            if is_private:
                inner += _targets(body, wired=True)
            waiting.extend(reversed(inner))

    def _check(self, name: str | None, *, is_private: bool) -> Body:
        if name is None:
            document: Any = self._definition.document["root"]
            pointer = self._definition.pointer_of("root")
        else:
            document = self.subtrees[name]
            pointer = pointer_to(self._definition.pointer_of("subtrees"), name)
        body = Body(name, pointer)
        board = Board(self._variables, self._named, is_private=is_private)
        self.bodies[name] = body
        self._boards[name] = board
        check_body(
            document,
            body,
            board,
            catalogue=self._catalogue,
            problems=self._problems,
            actions=self._actions,
        )
        self.is_whole &= body.is_whole
        return body

    def warn_of_unset(self) -> None:
        """Warn of variables that are read but that nothing declares or sets."""
        settable = set(self._named)
        wired: dict[str, set[str]] = {}
        for name, board in self._boards.items():
            settable.update(board.writes)
            for reference in self.bodies[name].references.values():
                wired.setdefault(reference.target, set()).update(reference.wiring or ())
        warned: set[str] = set()
        for name, board in self._boards.items():
            if board.is_strict:
                continue
            inner = wired.get(name, set()) if name is not None else set()
            for variable, pointer in board.reads.items():
                if variable in settable or variable in inner or variable in warned:
                    continue
                warned.add(variable)
                if len(warned) <= _MOST_NAMED or self._problems.has_room("warning"):
                    self._problems.warn(
                        "UNKNOWN_VARIABLE",
                        f"nothing in the tree sets variable {quoted(variable)}; if it comes from "
                        "outside, declare it in `blackboard_schema`",
                        pointer,
                    )


def _targets(body: Body, *, wired: bool) -> list[str | None]:
    return [
        reference.target
        for reference in body.references.values()
        if (reference.wiring is not None) is wired
    ]
