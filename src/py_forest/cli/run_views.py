"""What one execution looks like while it runs: nothing, lines, or a picture that moves."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.live import Live
from rich.prompt import Prompt
from rich.table import Table
from rich.text import Text

from py_forest.cli import terminal
from py_forest.core.render import outline, text_lines
from py_forest.kit.clock import SYSTEM_CLOCK
from py_forest.kit.text import counted, did_you_mean

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import RenderableType

    from py_forest.core.render import Outline
    from py_forest.engine import Execution, Outcome, PendingRun, Program

_FRAMES_A_SECOND: Final = 12
_MOST_DRAWN_WHOLE: Final = 60
_LONGEST_VALUE: Final = 60
_ROOM_BESIDE_TREE: Final = 8


class View(AbstractContextManager["View"]):
    """What is shown of a run; this one shows nothing but keeps everything for a report.

    Args:
        program: the tree.

    Attributes:
        told: each tick as JSON, if that is kept.
        is_asking: whether a person can be asked.
    """

    is_asking = False

    def __init__(self, program: Program) -> None:
        self.program = program
        self.told: list[dict[str, Any]] = []

    def tick(self, execution: Execution, outcome: Outcome) -> None:
        """Show a tick."""

    def stuck(self, pending: list[PendingRun]) -> None:
        """Say that nothing more will happen."""

    def ask(self, question: str, choices: list[str]) -> str:
        """Ask the person there."""
        try:
            return Prompt.ask(Text(question, "bold"), choices=choices, console=terminal.messages())
        except EOFError:
            # Ctrl+D, or an input that ended: whoever was there has left.
            raise KeyboardInterrupt from None

    def close(self) -> None:
        """Show how it ended."""

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End without a word."""


class QuietView(View):
    """Shows nothing, and keeps each tick for the report."""

    def tick(self, execution: Execution, outcome: Outcome) -> None:
        """Keep a tick."""
        self.told.append(
            {
                "tick": execution.tick_count,
                "now": execution.now,
                "status": outcome.status.name,
                "changed": outcome.changed,
                "unread": list(outcome.unread),
                "errors": [
                    {"node_id": each.node_id, "kind": each.kind, "message": each.message}
                    for each in outcome.errors
                ],
                "logs": [
                    {"node_id": node, "level": level, "message": message}
                    for node, level, message in outcome.logs
                ],
            }
        )


class PlainView(View):
    """Lines that stay: one for each tick, then the tree and the blackboard as they ended.

    Args:
        program: the tree.
        execution: its execution.
        each_tick: whether ticks have lines.
    """

    def __init__(self, program: Program, execution: Execution, *, each_tick: bool) -> None:
        super().__init__(program)
        self.is_asking = sys.stdin.isatty() and terminal.messages().is_terminal
        self._execution = execution
        self._each_tick = each_tick
        self._changed: set[str] = set()

    def tick(self, execution: Execution, outcome: Outcome) -> None:
        """Print the line of a tick, and whatever it has to say."""
        self._changed |= outcome.changed.keys()
        if self._each_tick:
            terminal.output().print(_tick_line(execution, outcome), soft_wrap=True)
        _print_remarks(self.program, outcome)

    def stuck(self, pending: list[PendingRun]) -> None:
        """Say what it waits for."""
        _print_stuck(self.program, pending)

    def close(self) -> None:
        """Print the tree and the blackboard."""
        console = terminal.output()
        if self._each_tick:
            console.print()
        console.print(_headline(self.program, self._execution))
        drawn = _drawn(self.program)
        for line in _tree(drawn, self._execution, console.width):
            terminal.print_line(line)
        board = _board(self._execution, self._changed)
        if board is not None:
            console.print()
            console.print(board)


class _LiveView(PlainView):
    """A picture that follows the ticks; what it ended with stays on the screen."""

    def __init__(self, program: Program, execution: Execution) -> None:
        super().__init__(program, execution, each_tick=False)
        self._outline = _drawn(program)
        # Frames are drawn between ticks, by the thread that ticks: an execution has one at a time.
        self._live = Live(console=terminal.output(), auto_refresh=False, vertical_overflow="crop")
        self._tick_changed: set[str] = set()
        self._due = 0.0

    def __enter__(self) -> View:
        self._live.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def tick(self, execution: Execution, outcome: Outcome) -> None:  # noqa: ARG002
        """Take a tick in; the picture is drawn again a few times a second."""
        self._changed |= outcome.changed.keys()
        self._tick_changed |= outcome.changed.keys()
        _print_remarks(self.program, outcome, self._live.console)
        if SYSTEM_CLOCK.monotonic() >= self._due:
            self._draw()

    def ask(self, question: str, choices: list[str]) -> str:
        """Hold the picture while a question is asked."""
        self._live.stop()
        answer = super().ask(question, choices)
        self._live.start(refresh=True)
        return answer

    def close(self) -> None:
        """Draw the end, with everything that changed on the way."""
        self._tick_changed = self._changed
        self._draw()
        self._live.stop()

    def _draw(self) -> None:
        self._live.update(self._frame(), refresh=True)
        self._tick_changed.clear()
        self._due = SYSTEM_CLOCK.monotonic() + 1 / _FRAMES_A_SECOND

    def _frame(self) -> RenderableType:
        console = self._live.console
        lines = _tree(self._outline, self._execution, console.width)
        board = _board(self._execution, self._tick_changed)
        rows = 0 if board is None else board.row_count + 1
        room = max(console.height - rows - 3, _ROOM_BESIDE_TREE)
        if len(lines) > room:
            rest = len(lines) - room + 1
            lines = [*lines[: room - 1], Text(f"… {rest:,} more lines", "quiet")]
        parts: list[RenderableType] = [_headline(self.program, self._execution), *lines]
        if board is not None:
            parts += [Text(), board]
        return Group(*parts)


def watching(program: Program, execution: Execution) -> View:
    """Return a view that moves."""
    return _LiveView(program, execution)


def _drawn(program: Program) -> Outline:
    return outline(program.definition, node_ids=program.node_ids)


def _tree(drawn: Outline, execution: Execution, width: int) -> list[Text]:
    """Return the tree's lines; of a large tree only what ran, and the tops of what did not."""
    statuses = execution.statuses()
    for node in drawn.nodes:
        node.status = statuses[node.node_id]
    shown = drawn if len(drawn.nodes) <= _MOST_DRAWN_WHOLE else drawn.where_active()
    lines = text_lines(shown, charset=terminal.charset(), max_indent=max(width // 2, 8))
    return [terminal.tree_line(line) for line in lines]


def _headline(program: Program, execution: Execution) -> Text:
    name = program.definition.name or "Tree"
    text = Text.assemble((name, "bold"), "  ")
    text.append_text(terminal.status_text(execution.status))
    text.append(f"  {counted(execution.tick_count, 'tick')}", "quiet")
    return text


def _tick_line(execution: Execution, outcome: Outcome) -> Text:
    text = Text(f"tick {execution.tick_count:<4} ", "quiet")
    text.append(f"{outcome.status.name:<8}", terminal.STATUS_STYLES[outcome.status])
    for key, value in outcome.changed.items():
        text.append("  ").append(key, "key").append(f" = {_value(value)}")
    return text


def _board(execution: Execution, changed: set[str]) -> Table | None:
    values = execution.blackboard.to_dict()
    if not values:
        return None
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="ellipsis", no_wrap=True)
    table.add_column(no_wrap=True)
    for key, value in values.items():
        is_changed = key in changed
        table.add_row(
            Text(key, "key"),
            Text(_value(value), "bold" if is_changed else ""),
            Text("← changed", "doubt") if is_changed else "",
        )
    return table


def _print_remarks(program: Program, outcome: Outcome, console: Any = None) -> None:  # noqa: ANN401
    console = console or terminal.messages()
    for name in outcome.unread:
        guess = did_you_mean(name, program.variables)
        hint = f"; did you mean `{guess}`?" if guess else ""
        console.print(Text.assemble(("! ", "doubt"), f"nothing reads `{name}`{hint}"))
    for node_id, level, message in outcome.logs:
        style = {"error": "bad", "warning": "doubt"}.get(level, "quiet")
        name = program.node(node_id).name
        console.print(Text.assemble((f"{level:<7} ", style), message, (f"  {name}", "quiet")))
    for failure in outcome.errors:
        node = program.node(failure.node_id)
        console.print(
            Text.assemble(
                ("✗ ", "bad"), (node.path, "bold"), f": {failure.message} ({failure.kind})"
            )
        )


def _print_stuck(program: Program, pending: list[PendingRun]) -> None:
    console = terminal.messages()
    for run in pending:
        node = program.node(run.node_id)
        what = node.config.get("prompt") or run.action or node.node_type
        console.print(
            Text.assemble(
                ("! ", "doubt"),
                f"it waits for `{node.name}` ({what}), and nobody answers; ",
                f"--answer {run.node_id}=… would",
            )
        )


def _value(value: Any) -> str:  # noqa: ANN401 - any JSON value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
