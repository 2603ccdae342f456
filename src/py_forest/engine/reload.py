"""Moving a running execution to another program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from py_forest.engine import _native
    from py_forest.engine.program import Program


@dataclass(frozen=True, slots=True)
class ReloadReport:
    """What a move to another program kept and what it could not.

    Args:
        kept: ids of nodes that keep their state: same id, same type, same parent.
        reset: ids of nodes of the new program that start anew.
        removed: ids of nodes that the new program lacks.
        lost_keys: keys whose value does not fit the new declaration, and why; they begin with the
            new default.
        cancelled: ids of runs that were interrupted in flight.
    """

    kept: tuple[str, ...]
    reset: tuple[str, ...]
    removed: tuple[str, ...]
    lost_keys: dict[str, str]
    cancelled: tuple[str, ...]


def reload(
    execution: _native.Execution, program: Program, *, preserve_blackboard: bool = True
) -> tuple[_native.Execution, ReloadReport]:
    """Go on with another program from the present state.

    Tick count, time and seed go on. The old execution is closed; nothing of it changes before the
    new program has been compiled, so a bad definition never gets here.

    Args:
        execution: between two ticks.
        program: the program to go on with.
        preserve_blackboard: keep the values; otherwise all keys begin with the new defaults.

    Raises:
        ExecutionBusy: the execution is ticking or closed.
    """
    moved, raw = execution.reload_core(program, program.core, preserve_blackboard)
    report: dict[str, Any] = raw
    return moved, ReloadReport(
        kept=tuple(report["kept"]),
        reset=tuple(report["reset"]),
        removed=tuple(report["removed"]),
        lost_keys=report["lost_keys"],
        cancelled=tuple(report["cancelled"]),
    )
