"""The random streams of the engine, from their definition: SplitMix64 over (seed, node id, count).

Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014); FNV-1a for
the hash of the id.
"""

from __future__ import annotations

_64_BITS = (1 << 64) - 1


def mix64(x: int) -> int:
    """Scramble 64 bits."""
    x = (x + 0x9E3779B97F4A7C15) & _64_BITS
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _64_BITS
    return x ^ (x >> 31)


def hash_text(text: str) -> int:
    """Hash a node id."""
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = ((h ^ byte) * 0x100000001B3) & _64_BITS
    return mix64(h)


def draw(seed: int, node_id: str, count: int) -> float:
    """Return draw number `count` of a node's stream, at least 0 and below 1."""
    bits = mix64((mix64(seed ^ hash_text(node_id)) + count) & _64_BITS)
    return (bits >> 11) * 2.0**-53
