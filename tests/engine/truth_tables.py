"""Reads the truth tables of the documentation. How to write one: docs/concepts/ticking.md."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Document = dict[str, Any]

CONCEPTS = Path(__file__).parents[2] / "docs" / "concepts"
COLUMNS = frozenset(
    {
        "tick", "now", "updates", "override", "result", "answer", "after", "interrupted", "board",
        "error", "log", "asks", "cancelled", "dropped", "unread", "note",
    }
)  # fmt: skip

_CAPTION = re.compile(r"(Tree:|declared|subtree|seed|start) `([^`]+)`")
_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$/-]*")
_LEAF = re.compile(r"[A-Z]")
_JSON = json.JSONDecoder()


class TableRefused(Exception):
    """A table of the documentation cannot be understood; the message begins with file:line."""


@dataclass(frozen=True)
class Row:
    """One line of a table, by column; a cell left empty is not there."""

    line: int
    cells: dict[str, str]

    @property
    def is_first(self) -> bool:
        return self.cells.get("tick") == "1"


@dataclass(frozen=True)
class Table:
    """A tree and what each of its ticks must look like."""

    path: Path
    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    root: Document
    declared: Document | None = None
    subtrees: dict[str, Document] = field(default_factory=dict)
    start: Document | None = None
    seed: int = 0

    @property
    def place(self) -> str:
        return f"{self.path.name}:{self.line}"

    @property
    def leaves(self) -> tuple[str, ...]:
        """Names of the scripted leaves: the columns of one capital letter."""
        return tuple(name for name in self.columns if _LEAF.fullmatch(name))

    @property
    def definition(self) -> Document:
        out: Document = {"root": self.root}
        if self.declared is not None:
            out["blackboard_schema"] = self.declared
        if self.subtrees:
            out["subtrees"] = self.subtrees
        return out

    def nodes(self) -> list[Document]:
        out: list[Document] = []
        open_nodes = [self.root, *self.subtrees.values()]
        while open_nodes:
            node = open_nodes.pop()
            out.append(node)
            open_nodes.extend(node.get("children", ()))
        return out

    def node_types(self) -> set[str]:
        return {node["node_type"] for node in self.nodes()}


def read_tables(path: Path) -> list[Table]:
    """Read every truth table of a page; any other table has no column `answer`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        _read_table(path, lines, number)
        for number, line in enumerate(lines)
        if line.startswith("Tree: ")
    ]


def _read_table(path: Path, lines: list[str], caption: int) -> Table:
    where = f"{path.name}:{caption + 1}"
    head = caption + 1
    while head < len(lines) and not lines[head].strip():
        head += 1
    columns = _cells(lines[head]) if head < len(lines) else ()
    rows = _read_rows(path, lines, head, columns)
    table = Table(path, caption + 1, columns, rows, **_read_caption(lines[caption], where))
    unknown = {name for name in columns if name not in COLUMNS and not _LEAF.fullmatch(name)}
    if unknown or not {"tick", "answer"} <= set(columns) or len(set(columns)) != len(columns):
        raise TableRefused(f"{where}: columns {columns} are not those of a truth table")
    scripted = {node["node_id"] for node in table.nodes() if _is_scripted(node)}
    if scripted != set(table.leaves):
        raise TableRefused(f"{where}: leaves {sorted(scripted)} need one column each")
    if not rows or not rows[0].is_first:
        raise TableRefused(f"{where}: a truth table begins with tick 1")
    return table


def _read_caption(line: str, where: str) -> dict[str, Any]:
    out: dict[str, Any] = {"subtrees": {}}
    for name, text in _CAPTION.findall(line):
        if name == "Tree:":
            out["root"] = read_tree(text, where)
        elif name == "declared":
            out["declared"] = json.loads(text)
        elif name == "seed":
            out["seed"] = int(text)
        elif name == "start":
            out["start"] = read_assignments(text, where)
        else:
            label, _, tree = text.partition(" = ")
            out["subtrees"][label] = read_tree(tree, where)
    if _CAPTION.sub("", line).strip(" ,.") or "root" not in out:
        raise TableRefused(f"{where}: a caption is Tree:, declared, subtree, seed, start; each `…`")
    return out


def _read_rows(
    path: Path, lines: list[str], head: int, columns: tuple[str, ...]
) -> tuple[Row, ...]:
    rows = []
    for number in range(head + 2, len(lines)):
        if not lines[number].startswith("|"):
            break
        cells = _cells(lines[number])
        if len(cells) != len(columns):
            raise TableRefused(f"{path.name}:{number + 1}: {len(cells)} cells for {len(columns)}")
        filled = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
        rows.append(Row(number + 1, filled))
    return tuple(rows)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().strip("`") for cell in line.strip().strip("|").split("|"))


def _is_scripted(node: Document) -> bool:
    return node["node_type"] == "Action" and _LEAF.fullmatch(node["node_id"]) is not None


def read_assignments(text: str, where: str) -> Document:
    """Read `x=1, y="a", z=-`; a key without a value (`-`) is given as ..."""
    out: Document = {}
    at = 0
    while at < len(text):
        word = _WORD.match(text, at)
        if word is None or text[word.end() : word.end() + 1] != "=":
            raise TableRefused(f"{where}: {text!r} is no list of key=value")
        at = word.end() + 1
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] in ("", ","):
            out[word[0]] = ...
            at += 1
        else:
            out[word[0]], at = _read_json(text, at, where)
        rest = text[at:].lstrip()
        if rest.startswith(","):
            rest = rest[1:].lstrip()
        elif rest:
            raise TableRefused(f"{where}: expected a comma before {rest!r}")
        at = len(text) - len(rest)
    return out


def _read_json(text: str, at: int, where: str) -> tuple[Any, int]:
    try:
        return _JSON.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise TableRefused(f"{where}: {text[at:]!r} does not begin with JSON") from error


def read_tree(text: str, where: str) -> Document:
    """Read `Sequence[memory=false](A, Inverter(B))`; a capital letter is a scripted leaf."""
    reader = _TreeReader(text, where)
    root = reader.node()
    if reader.at != len(text):
        raise reader.refused("the end")
    return root


class _TreeReader:
    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.at = 0
        self.used: dict[str, int] = {}

    def refused(self, wanted: str) -> TableRefused:
        return TableRefused(f"{self.where}: expected {wanted} at {self.text[self.at :]!r}")

    def take(self, mark: str) -> bool:
        found = self.text.startswith(mark, self.at)
        if found:
            self.at += len(mark)
            while self.text[self.at : self.at + 1] == " ":
                self.at += 1
        return found

    def word(self) -> str:
        found = _WORD.match(self.text, self.at)
        if found is None:
            raise self.refused("a name")
        self.at = found.end()
        return found[0]

    def node(self) -> Document:
        name = self.word()
        if _LEAF.fullmatch(name):
            config = {"action": name}
            return {"node_type": "Action", "node_id": name, "name": name, "config": config}
        kind = self.word() if self.take(":") else name
        config = self.config() if self.take("[") else {}
        count = self.used[name] = self.used.get(name, 0) + 1
        node_id = name if count == 1 else f"{name}{count}"
        out: Document = {"node_type": kind, "node_id": node_id, "name": node_id}
        for key in ("$ref", "wiring"):
            if key in config:
                out[key] = config.pop(key)
        out["config"] = config
        if self.take("("):
            out["children"] = self.children()
        return out

    def config(self) -> Document:
        out: Document = {}
        while not self.take("]"):
            if out and not self.take(","):
                raise self.refused("a comma")
            key = self.word()
            if not self.take("="):
                raise self.refused("`=`")
            out[key], self.at = _read_json(self.text, self.at, self.where)
            self.take(" ")
        return out

    def children(self) -> list[Document]:
        out: list[Document] = []
        while not self.take(")"):
            if out and not self.take(","):
                raise self.refused("a comma")
            out.append(self.node())
            self.take(" ")
        return out
