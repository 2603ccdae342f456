"""The machinery of the second engine: what a rule of `reference.py` may use.

Statuses live in the nodes, nothing is shared or skipped for speed, and expressions are evaluated by
Python itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.oracle.cases import Document, TickInput
from tests.oracle.observed import Ending, Observed
from tests.oracle.randomness import draw

INVALID, RUNNING, SUCCESS, FAILURE, SKIPPED = "INVALID", "RUNNING", "SUCCESS", "FAILURE", "SKIPPED"
FINISHED = (SUCCESS, FAILURE, SKIPPED)


class LeafError(Exception):
    """A leaf failed by an error; the argument is its kind."""


class Node:
    """A node, what it answered last and what it remembers."""

    def __init__(self, index: int, document: Document) -> None:
        self.index = index
        self.type: str = document["node_type"]
        self.id: str = document["node_id"]
        self.config: dict[str, Any] = document.get("config", {})
        self.children: list[Node] = []
        self.status = INVALID
        self.cells: dict[str, Any] = {}  # survives resets and interruptions

    def __iter__(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child

    @property
    def resumes(self) -> bool:
        """Whether the activation of an earlier tick goes on."""
        return self.status == RUNNING


Rule = Callable[["Reference", Node], str]
RULES: dict[str, Rule] = {}


def rule(*types: str) -> Callable[[Rule], Rule]:
    """Register how nodes of these types are ticked."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(types, function))
        return function

    return register


class Reference:
    """An execution of a tree, tick by tick."""

    def __init__(self, definition: Document, seed: int = 0) -> None:
        self.nodes: list[Node] = []
        self.seed = seed
        self.board: dict[str, Any] = {}
        self.now = 0.0
        self.forced: set[Node] = set()
        self.delivered: dict[int, list[str]] = {}  # results wait until their node is ticked
        self._build(definition)

    def _build(self, document: Document) -> Node:
        made = Node(len(self.nodes), document)
        self.nodes.append(made)
        made.children = [self._build(child) for child in document.get("children", ())]
        return made

    def pending(self) -> list[int]:
        """Indexes of the leaves that wait for a result from outside."""
        return [
            node.index
            for node in self.nodes
            if node.type == "External" and node.status == RUNNING and node not in self.forced
        ]

    def tick(self, given: TickInput) -> Observed:
        """Tick once and say what happened."""
        self.now = given.now
        self.board.update(given.updates)
        self.visits: list[Node] = []
        self.answers: dict[int, str] = {}
        self.interrupted: Counter[Ending] = Counter()
        self.errors: list[Ending] = []
        self.overrides = {self.nodes[index]: status for index, status in given.overrides}
        for index, status in zip(self.pending(), given.results, strict=False):
            if status is not None:
                self.delivered.setdefault(index, []).append(status)
        # What an override left RUNNING has no run to go on with: it starts anew or is interrupted.
        forgotten = [node for node in self.forced if node.status == RUNNING]
        self.forced = set()
        for node in forgotten:
            node.status = INVALID
        self.child(self.nodes[0])
        self.interrupted.update(
            (node.index, INVALID) for node in forgotten if node.index not in self.answers
        )
        visited = tuple((node.index, self.answers[node.index]) for node in self.visits)
        endings = Counter(ending for ending in visited if ending[1] != RUNNING) + self.interrupted
        return Observed(
            tuple(node.status for node in self.nodes),
            endings,
            dict(self.board),
            visited,
            tuple(self.errors),
        )

    # What rules may do.

    def child(self, node: Node) -> str:
        """Tick a node and keep its answer."""
        self.visits.append(node)
        if node in self.overrides:
            self.halt(node)
            # What ran ends with the forced answer; only what is below was interrupted.
            self.interrupted.pop((node.index, INVALID), None)
            answer = self.overrides[node]
            if answer == RUNNING:
                self.forced.add(node)
        else:
            try:
                answer = RULES[node.type](self, node)
            except LeafError as error:
                self.note(node, error)
                self.halt_running(*node.children)
                answer = FAILURE
        node.status = self.answers[node.index] = answer
        return answer

    def note(self, node: Node, error: LeafError) -> None:
        """Keep that a node met an error."""
        self.errors.append((node.index, str(error)))

    def halt(self, *nodes: Node) -> None:
        """Interrupt what runs below these nodes and make all of it INVALID."""
        for top in nodes:
            for node in top:
                if node.status == RUNNING:
                    self.interrupted[node.index, INVALID] += 1
                    node.cells["interrupted"] = node.cells.get("interrupted", 0) + 1
                    self.delivered.pop(node.index, None)
                node.status = INVALID

    def halt_running(self, *nodes: Node) -> None:
        """Interrupt those of these nodes that run; finished ones keep their status."""
        self.halt(*(node for node in nodes if node.status == RUNNING))

    def start(self, node: Node) -> bool:
        """Begin a new activation, all below reset, unless one goes on; True when it began."""
        if not node.resumes:
            self.halt(*node.children)
        return not node.resumes

    def evaluate(self, text: str) -> Any:  # noqa: ANN401
        """Compute an expression on the blackboard as Python would."""
        try:
            return eval(text, {"__builtins__": {}}, self.board)  # noqa: S307
        except NameError:
            raise LeafError("missing") from None
        except ZeroDivisionError:
            raise LeafError("zero_division") from None
        except TypeError:
            raise LeafError("type") from None

    def after(self, value: float | str, start: float | None = None) -> float:
        """Return the time so many seconds after `start` (now); a number or an expression."""
        found = self.evaluate(value) if isinstance(value, str) else value
        if isinstance(found, bool) or not isinstance(found, int | float) or found < 0:
            raise LeafError("value")
        return (self.now if start is None else start) + found

    def draw(self, node: Node) -> float:
        """Draw the next number of the node's own stream."""
        count = node.cells.get("draws", 0)
        node.cells["draws"] = count + 1
        return draw(self.seed, node.id, count)

    def compares(self, config: dict[str, Any]) -> bool:
        """Evaluate a condition in either of its forms."""
        if "variable" not in config:
            return bool(self.evaluate(config["expression"]))
        text = f"{config['variable']} {config['operator_str']} {config['value']!r}"
        return bool(self.evaluate(text))
