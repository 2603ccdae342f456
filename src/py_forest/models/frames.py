"""The frames of `/ws/executions/{id}`: five commands of a client, the answers of the server."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from py_forest.models.events import EventFilter, EventType

__all__ = [
    "ClientCommand",
    "FilterCommand",
    "PingCommand",
    "SubscribeAllCommand",
    "SubscribeCommand",
    "UnsubscribeCommand",
    "parse_command",
]


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True)


class SubscribeCommand(_Command):
    """Get these events; the first such command also ends getting all of them."""

    action: Literal["subscribe"]
    events: tuple[EventType, ...]


class UnsubscribeCommand(_Command):
    """Get these events no longer; after the last one there is nothing left to get."""

    action: Literal["unsubscribe"]
    events: tuple[EventType, ...]


class SubscribeAllCommand(_Command):
    """Get all events, as at first."""

    action: Literal["subscribe_all"]


class FilterCommand(_Command):
    """Get only what the filter lets through; an empty filter lets everything through."""

    action: Literal["filter"]
    filter: EventFilter


class PingCommand(_Command):
    """Ask for a pong."""

    action: Literal["ping"]


ClientCommand = (
    SubscribeCommand | UnsubscribeCommand | SubscribeAllCommand | FilterCommand | PingCommand
)

_ADAPTER: Final[TypeAdapter[ClientCommand]] = TypeAdapter(
    Annotated[ClientCommand, Field(discriminator="action")]
)


def parse_command(text: str | bytes) -> ClientCommand:
    """Read a client's frame.

    Args:
        text: the frame, JSON.

    Returns:
        The command.

    Raises:
        ValueError: it is none of the five (pydantic's `ValidationError` says why).
    """
    return _ADAPTER.validate_json(text)
