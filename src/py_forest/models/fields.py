"""Field types that several wire models share."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, StringConstraints

__all__ = ["STATUS_NAMES", "WIRE", "Id", "NodeId", "StatusName", "Timestamp", "id_text"]

STATUS_NAMES: Final = ("INVALID", "RUNNING", "SUCCESS", "FAILURE", "SKIPPED")


def _status_name(value: object) -> object:
    # `Status` itself is welcome: inside the process it is an enumeration, on the wire its name.
    return value.name if isinstance(value, Enum) else value


def _id_text(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def id_text(value: UUID | str) -> str:
    """Return an id in its wire form: UUIDs as text, other ids as they are."""
    return value if isinstance(value, str) else str(value)


StatusName = Annotated[
    Literal["INVALID", "RUNNING", "SUCCESS", "FAILURE", "SKIPPED"], BeforeValidator(_status_name)
]
"""A status by name; a member of `Status` is accepted and becomes its name."""

Id = Annotated[str, BeforeValidator(_id_text), StringConstraints(min_length=1, max_length=128)]
"""An identifier of 1 to 128 characters; a UUID is accepted and becomes its text."""

Timestamp = AwareDatetime
"""A point in time with its zone; the platform itself only makes UTC ones."""


NodeId = Annotated[str, BeforeValidator(_id_text), StringConstraints(min_length=1)]
"""The id of a node; inside subtrees it is a path of ids, so it can be long."""


WIRE: Final = ConfigDict(frozen=True, extra="forbid")
"""Settings of the models here: immutable, and refusing fields they do not know."""
