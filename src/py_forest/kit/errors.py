"""The errors a user of PyForest can meet, and nothing else.

    PyForestError                  code, status, detail
    ├── DocumentUnreadable         a file cannot be read, or is not JSON at all
    ├── DefinitionInvalid          a tree definition has problems (all of them are attached)
    ├── LimitExceeded              a stated limit would be passed
    ├── SnapshotRefused            bytes that are not a snapshot of this program
    ├── RecordRefused              bytes that are not a record of this program
    ├── TimeWentBackwards          an explicit `now` before the last one
    ├── ExecutionBusy              an execution is used by two threads at once
    └── LeafError                  a leaf raised; the cause is chained

`code` is stable and meant for programs, the message is meant for people. `status` is the HTTP
status an API would answer with. Errors that are a caller's mistake are also `ValueError`s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ProblemLike(Protocol):
    """What `DefinitionInvalid` needs to know of a problem."""

    @property
    def severity(self) -> str:
        """`error` or `warning`."""


class PyForestError(Exception):
    """An error with a stable code.

    Args:
        message: one sentence for a person.
        code: stable name for programs, in upper snake case; the class's own by default.
        status: the HTTP status that fits; the class's own by default.
        detail: JSON values that explain the error further.
    """

    default_code: ClassVar[str] = "ERROR"
    default_status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.default_code if code is None else code
        self.status = self.default_status if status is None else status
        self.detail: dict[str, Any] = dict(detail or {})


class DocumentUnreadable(PyForestError, ValueError):
    """A document could not be read: no such file, no permission, not a file."""

    default_code = "DOCUMENT_UNREADABLE"
    default_status = 422


class DefinitionInvalid(PyForestError, ValueError):
    """A tree definition has at least one error.

    Args:
        problems: every problem found, warnings included, in document order.
    """

    default_code = "DEFINITION_INVALID"
    default_status = 422

    def __init__(self, problems: Sequence[ProblemLike]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.severity == "error"]
        shown = [f"  {problem}" for problem in errors[:5]]
        if len(errors) > len(shown):
            shown.append(f"  … and {len(errors) - len(shown)} more")
        noun = "problem" if len(errors) == 1 else "problems"
        super().__init__("\n".join([f"the tree definition has {len(errors)} {noun}:", *shown]))

    def __reduce__(self) -> tuple[type[DefinitionInvalid], tuple[tuple[ProblemLike, ...]]]:
        return type(self), (self.problems,)


class LimitExceeded(PyForestError, ValueError):
    """A stated limit would be passed, so the work was not started."""

    default_code = "LIMIT_EXCEEDED"
    default_status = 413


class SnapshotRefused(PyForestError, ValueError):
    """These bytes are not a whole snapshot of this program in a format this version reads."""

    default_code = "SNAPSHOT_REFUSED"
    default_status = 422


class RecordRefused(PyForestError, ValueError):
    """These bytes are not a whole record of this program in a format this version reads."""

    default_code = "RECORD_REFUSED"
    default_status = 422


class TimeWentBackwards(PyForestError, ValueError):
    """An explicit `now` lies before the last tick's.

    Args:
        now: the time asked for, in seconds.
        last: the time of the last tick, in seconds.
    """

    default_code = "TIME_WENT_BACKWARDS"
    default_status = 409

    def __init__(self, now: float, last: float) -> None:
        super().__init__(
            f"now={now!r} lies before the last tick at {last!r}; time only moves forwards",
            detail={"now": now, "last": last},
        )
        self.now = now
        self.last = last

    def __reduce__(self) -> tuple[type[TimeWentBackwards], tuple[float, float]]:
        return type(self), (self.now, self.last)


class ExecutionBusy(PyForestError):
    """An execution was used while another thread, or one of its own leaves, was ticking it."""

    default_code = "EXECUTION_BUSY"
    default_status = 409


class LeafError(PyForestError):
    """A leaf raised. The exception itself is the `__cause__`.

    Args:
        node_path: names from the root to the leaf, joined with ` / `.
        kind: what happened, for example the exception's class name.
        message: a sentence that says more; made from the other two when left out.

    `outcome` is the tick's outcome where the error ended one: the tick itself ran to its end.
    """

    default_code = "LEAF_ERROR"
    default_status = 500
    outcome: object = None

    def __init__(self, node_path: str, kind: str, message: str | None = None) -> None:
        super().__init__(
            message or f"{kind} in leaf {node_path}", detail={"node_path": node_path, "kind": kind}
        )
        self.node_path = node_path
        self.kind = kind

    def __reduce__(self) -> tuple[type[LeafError], tuple[str, str, str]]:
        return type(self), (self.node_path, self.kind, self.message)
