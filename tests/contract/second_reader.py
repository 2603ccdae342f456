"""Reads records, headers and snapshots as docs/reference/formats.md lays them out.

Written from the page and not from the engine, so that each is a check of the other.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

MISSING = "missing"
STATUSES = ("INVALID", "RUNNING", "SUCCESS", "FAILURE", "SKIPPED")
FAILURES = (
    "missing", "type", "zero_division", "overflow", "index", "key", "value", "limit", "raised",
    "bad_reply", "timeout", "refused_write", "undetermined",
)  # fmt: skip
_MASK = (1 << 64) - 1
_STATUS, _ERROR, _FEEDBACK, _DECIDED = 0x0F, 0x10, 0x20, 0x40


class Bytes:
    """The building blocks."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        part = self.data[self.at : self.at + size]
        assert len(part) == size, "the bytes end too early"
        self.at += size
        return part

    def byte(self) -> int:
        return self.take(1)[0]

    def varint(self) -> int:
        number = shift = 0
        while True:
            part = self.byte()
            number |= (part & 0x7F) << shift
            if part < 0x80:
                return number
            shift += 7

    def zigzag(self) -> int:
        number = self.varint()
        return number >> 1 if number % 2 == 0 else -(number >> 1) - 1

    def signed(self) -> int:
        return struct.unpack("<q", self.take(8))[0]  # type: ignore[no-any-return]

    def fixed(self) -> int:
        return struct.unpack("<Q", self.take(8))[0]  # type: ignore[no-any-return]

    def text(self) -> str:
        return self.take(self.varint()).decode()

    def value(self) -> Any:  # noqa: ANN401 - a JSON value, or MISSING
        code = self.byte()
        if code in (0, 1, 2, 3):
            return (MISSING, None, False, True)[code]
        if code == 4:
            return self.zigzag()
        if code == 5:
            return struct.unpack("<d", self.take(8))[0]
        if code == 6:
            return self.text()
        if code == 7:
            return [self.value() for _ in range(self.varint())]
        if code == 8:
            return {self.text(): self.value() for _ in range(self.varint())}
        assert code == 9, f"unknown value code {code}"
        return float(self.zigzag())

    def keyed(self) -> list[tuple[int | str, Any]]:
        out = []
        for _ in range(self.varint()):
            key = self.varint()
            out.append((key - 1 if key else self.text(), self.value()))
        return out

    def statuses(self, count: int) -> list[str]:
        """Two a byte, the first in the low half."""
        halves = [half for byte in self.take((count + 1) // 2) for half in (byte & 15, byte >> 4)]
        return [STATUSES[half] for half in halves[:count]]

    def status_list(self) -> list[tuple[int, str]]:
        nodes, last = [], 0
        for _ in range(self.varint()):
            last += self.zigzag()
            nodes.append(last)
        return list(zip(nodes, self.statuses(len(nodes)), strict=True))


def read_answer(b: Bytes) -> dict[str, Any]:
    node, activation, flags = b.varint(), b.varint(), b.byte()
    answer = {
        "node": node,
        "activation": activation,
        "status": STATUSES[flags & _STATUS],
        "writes": b.keyed(),
    }
    if flags & _ERROR:
        answer["error"] = b.text()
    if flags & _FEEDBACK:
        answer["feedback"] = b.text()
    if flags & _DECIDED:
        answer["decision"] = b.value()
    return answer


def _listed(read: Callable[[Bytes], Any]) -> Callable[[Bytes], list[Any]]:
    return lambda b: [read(b) for _ in range(b.varint())]


def _visited(b: Bytes) -> list[int]:
    nodes: list[int] = []
    last = 0
    for _ in range(b.varint()):
        first = last + b.zigzag()
        last = first + b.varint()
        nodes += range(first, last)
    return nodes


def _run(b: Bytes) -> tuple[int, int]:
    run = b.varint()
    return run >> 32, run & 0xFFFFFFFF


_PARTS: list[tuple[int | None, str, Callable[[Bytes], Any]]] = [
    (0, "updates", Bytes.keyed),
    (1, "results", _listed(read_answer)),
    (2, "overrides", _listed(lambda b: (b.varint(), STATUSES[b.byte()]))),
    (3, "answers", _listed(read_answer)),
    (None, "visited", _visited),
    (4, "passing", Bytes.status_list),
    (5, "changed", Bytes.status_list),
    (6, "written", Bytes.keyed),
    (7, "failures", _listed(lambda b: (b.varint(), FAILURES[b.byte()], b.text()))),
    (8, "cancelled", _listed(_run)),
    (9, "dropped", _listed(Bytes.varint)),
]
"""Bit, name and form of each part, in the order in which they stand."""


def read_record(data: bytes) -> dict[str, Any]:
    b = Bytes(data)
    head = b.byte()
    parts = b.varint()
    entry: dict[str, Any] = {
        "format": head >> 4,
        "kind": ("", "tick", "halt", "reload")[head & 15],
        "tick": b.varint(),
        "now_ns": b.signed(),
        "root": STATUSES[b.byte()],
    }
    for bit, name, read in _PARTS:
        if bit is None or parts >> bit & 1:
            entry[name] = read(b)
    assert parts < 1024
    assert b.at == len(data), "the record goes on after its end"
    return entry


def read_header(data: bytes) -> dict[str, Any]:
    b = Bytes(data)
    header = {"magic": b.take(3), "format": b.byte(), "snapshot": b.take(b.varint())}
    assert b.at == len(data)
    return header


def read_snapshot(data: bytes, cells: int, nodes: int, slots: int) -> dict[str, Any]:
    b = Bytes(data[:-8])
    out: dict[str, Any] = {"magic": b.take(3), "format": b.byte(), "hash": b.take(32).hex()}
    flags = b.byte()
    out["recording"], out["has_time"] = bool(flags & 1), bool(flags & 2)
    out["seed"], out["ticks"], out["now_ns"] = b.fixed(), b.varint(), b.signed()
    out["root"] = STATUSES[b.byte()]
    out["memory"] = [b.zigzag() for _ in range(cells)]
    out["statuses"] = b.statuses(nodes)
    out["slots"] = []
    for _ in range(slots):
        if b.data[b.at] == 0xFF:
            b.byte()
            out["slots"].append("initial")
        else:
            out["slots"].append(b.value())
    if flags & 4:
        out["unknown"] = [(b.text(), b.value()) for _ in range(b.varint())]
        out["staged"] = b.keyed()
        out["delivered"] = [_delivered(b) for _ in range(b.varint())]
        out["forced"] = [b.varint() for _ in range(b.varint())]
    if flags & 8:
        out["leaves"] = [(b.varint(), b.value()) for _ in range(b.varint())]
    assert b.at == len(b.data), "the snapshot goes on after its end"
    assert struct.unpack("<Q", data[-8:])[0] == checksum(data[:-8])
    return out


def _delivered(b: Bytes) -> dict[str, Any]:
    answer = {"node": b.varint(), "activation": b.varint(), "status": STATUSES[b.byte()]}
    answer |= {"writes": b.keyed(), "error": b.text(), "feedback": b.text()}
    if b.byte():
        answer["decision"] = b.value()
    return answer


def checksum(data: bytes) -> int:
    """The checksum at the end of a snapshot."""
    total = _mix(len(data))
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        word = int.from_bytes(data[at : at + 8], "little")
        total = ((total ^ word) * 0x9E3779B97F4A7C15) & _MASK
        total ^= total >> 32
    return _mix(total ^ int.from_bytes(data[whole:], "little"))


def _mix(x: int) -> int:
    x = (x + 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)
