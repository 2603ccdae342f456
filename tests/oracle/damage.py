"""Ways to damage bytes, and to mend their checksum so that the damage gets past it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.randomness import mix64

_64_BITS = (1 << 64) - 1
CHECKSUM = 8
"""Bytes of the checksum at the end of a snapshot."""


def cut_short(blob: bytes) -> Iterator[bytes]:
    """Yield every proper beginning."""
    for length in range(len(blob)):
        yield blob[:length]


def flipped(blob: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the bytes with each bit flipped in turn, and the number of the byte."""
    for place in range(len(blob)):
        for bit in range(8):
            yield place, _with(blob, place, blob[place] ^ (1 << bit))


def changed(blob: bytes, places: list[int], values: list[int]) -> bytes:
    """Return the bytes with some of them replaced."""
    for place, value in zip(places, values, strict=False):
        blob = _with(blob, place % len(blob), value)
    return blob


def mended(blob: bytes) -> bytes:
    """Return a snapshot with the right checksum for what it holds now."""
    body = blob[:-CHECKSUM]
    return body + checksum(body).to_bytes(CHECKSUM, "little")


def checksum(body: bytes) -> int:
    """Compute the checksum of a snapshot's body from its definition."""
    total = mix64(len(body))
    whole = len(body) - len(body) % 8
    for at in range(0, whole, 8):
        word = int.from_bytes(body[at : at + 8], "little")
        total = ((total ^ word) * 0x9E3779B97F4A7C15) & _64_BITS
        total ^= total >> 32
    return mix64(total ^ int.from_bytes(body[whole:], "little"))


def _with(blob: bytes, place: int, value: int) -> bytes:
    return blob[:place] + bytes((value,)) + blob[place + 1 :]
