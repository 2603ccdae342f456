"""Writing for people and for programs."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn, TextIO, cast

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from py_forest.models.status import Status

if TYPE_CHECKING:
    from py_forest.core.render.ascii import TextLine

STATUS_STYLES: Final = {
    Status.INVALID: "bright_black",
    Status.RUNNING: "bright_blue",
    Status.SUCCESS: "green",
    Status.FAILURE: "red",
    Status.SKIPPED: "magenta",
}

_THEME = Theme(
    {
        "guide": "bright_black",
        "name": "bold",
        "caption": "default",
        "quiet": "bright_black",
        "id": "bright_black",
        "note": "yellow",
        "key": "cyan",
        "good": "green",
        "bad": "red",
        "doubt": "yellow",
        "title": "bold",
    }
)
_WIDTH_OF_A_FILE = 100
_LINE_END = re.compile(r" +(?=\n)")


class _Console(Console):
    """A console that leaves a broken pipe to `py_forest.cli.main`."""

    def on_broken_pipe(self) -> NoReturn:
        """Pass the error on."""
        raise BrokenPipeError


class _Trimming(io.TextIOBase):
    """A file without the spaces that tables end their lines with."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Return the encoding of the file, which says what can be drawn."""
        return self._file.encoding

    def write(self, text: str) -> int:
        """Write whole lines."""
        return self._file.write(_LINE_END.sub("", text))

    def flush(self) -> None:
        """Flush the file."""
        self._file.flush()


def output() -> Console:
    """Return the console for what was asked for."""
    return _console(_file(sys.stdout), os.environ.get("COLUMNS"))


def messages() -> Console:
    """Return the console for everything else: errors, progress, hints."""
    return _console(_file(sys.stderr), os.environ.get("COLUMNS"))


def is_live() -> bool:
    """Whether a person watches: pictures may move and progress may be shown."""
    console = output()
    return console.is_terminal and not console.is_dumb_terminal


def print_line(line: Text) -> None:
    """Print one line; what does not fit on it is left out."""
    output().print(line, no_wrap=True, overflow="ellipsis")


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """Print a JSON document."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    text = json.dumps(document, indent=2, ensure_ascii=encoding != "utf8")
    sys.stdout.write(text + "\n")


def print_raw(text: str) -> None:
    """Print text to the letter, whatever the terminal is."""
    sys.stdout.write(text)


def charset() -> Any:  # noqa: ANN401 - the literal type of `text_lines`
    """Return which characters the terminal can show."""
    encoding = _file(sys.stdout).encoding or "ascii"
    return "unicode" if encoding.lower().startswith("utf") else "ascii"


def tree_line(line: TextLine) -> Text:
    """Colour one line of a tree."""
    node = line.node
    is_idle = node.status is Status.INVALID
    text = Text(no_wrap=True, overflow="ellipsis")
    for part, role in line.parts:
        style: str = role
        if role == "status":
            style = STATUS_STYLES[node.status or Status.INVALID]
        elif role == "glyph":
            style = "quiet" if is_idle else node.color
        elif is_idle and role in ("name", "caption"):
            style = "quiet"
        text.append(part, style)
    return text


def status_text(status: Status) -> Text:
    """Return a status in its colour."""
    return Text(status.name, STATUS_STYLES[status])


def _file(stream: TextIO) -> TextIO:
    """Return the file itself: while a picture moves, Rich puts a stand-in in its place."""
    file: TextIO = getattr(stream, "rich_proxied_file", stream)
    return file


@lru_cache(maxsize=4)
def _console(file: TextIO, columns: str | None) -> Console:
    console = _Console(file=file, theme=_THEME, highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.file = cast("IO[str]", _Trimming(file))
        if columns is None:
            # A file has no width; 80 columns would cut what there is room for.
            console.width = _WIDTH_OF_A_FILE
    return console
