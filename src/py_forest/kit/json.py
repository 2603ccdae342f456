"""The type of a JSON value, where it is not known which."""

from __future__ import annotations

from typing import Any, TypeAlias

JsonValue: TypeAlias = Any
"""null, bool, int, float, str, list of these, or dict from str to these.

It is `Any` on purpose: a recursive union would ask for a cast at every step into a document whose
shape is only known once it has been checked.
"""
