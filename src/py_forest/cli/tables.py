"""Tables in files: CSV and Parquet, by way of pyarrow, which is an optional extra."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from py_forest.cli.failures import CommandFailed, UsageFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

Table: TypeAlias = Any
"""A table of pyarrow, which has no types and may not be installed."""

PARQUET: Final = (".parquet", ".pq")
_HEAD_BYTES: Final = 64 * 1024
_ARROW_TYPES: Final = {"int": "int64", "float": "float64", "string": "string", "bool": "bool_"}


def arrow(module: str = "") -> Any:  # noqa: ANN401 - a module that may not be installed
    """Return pyarrow or one of its modules.

    Raises:
        CommandFailed: it is not installed.
    """
    try:
        return import_module(f"pyarrow.{module}" if module else "pyarrow")
    except ModuleNotFoundError as error:
        raise CommandFailed(
            "tables need pyarrow, which is not installed",
            way_out="pip install 'py-forest[tables]'",
            code="TABLES_MISSING",
        ) from error


def check_output(path: Path | None) -> None:
    """Refuse an output file of a kind that cannot be written, before any work is done.

    Raises:
        UsageFailed: it is neither CSV nor Parquet.
        CommandFailed: its folder is not there.
    """
    if path is None:
        return
    if path.suffix.lower() not in (*PARQUET, ".csv", ".tsv"):
        raise UsageFailed(
            f"--output writes .csv, .tsv or .parquet, not `{path.suffix or path.name}`"
        )
    if not path.parent.is_dir():
        raise CommandFailed("there is no such folder", place=str(path.parent))


def column_names(source: str) -> list[str]:
    """Return the names of a table's columns, reading no more than that takes.

    Raises:
        CommandFailed: it is no table.
        OSError: it cannot be read.
    """
    path = Path(source)
    if not path.is_file():
        reason = "it is a folder" if path.is_dir() else "there is no such file"
        raise CommandFailed(reason, place=source, code="TABLE_UNREADABLE")
    if _is_parquet(source):
        parquet: Any = arrow("parquet")
        names: list[str] = parquet.read_schema(source).names
    else:
        names = _csv_header(source)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CommandFailed(f"it has two columns called `{twice[0]}`", place=source)
    return names


def read(source: str, types: Mapping[str, str]) -> Table:
    """Read a whole table.

    Args:
        source: a CSV or Parquet file.
        types: the blackboard type that a column is to have, by column name.

    Raises:
        CommandFailed: it is no table, or a value does not have its column's type.
        OSError: it cannot be read.
    """
    pyarrow = arrow()
    wanted = {
        name: getattr(pyarrow, _ARROW_TYPES[kind])()
        for name, kind in types.items()
        if kind in _ARROW_TYPES
    }
    try:
        if _is_parquet(source):
            table = arrow("parquet").read_table(source)
            return _cast(table, wanted, source)
        return _read_csv(source, wanted)
    except pyarrow.ArrowException as error:
        raise CommandFailed(
            str(error).splitlines()[0],
            place=source,
            way_out="mend the file, or declare another type in `blackboard_schema`",
            code="TABLE_UNREADABLE",
        ) from error


def write(table: Table, path: Path) -> None:
    """Write a table, as Parquet or CSV by the file's name.

    Raises:
        OSError: it cannot be written.
    """
    if path.suffix.lower() in PARQUET:
        arrow("parquet").write_table(table, path)
        return
    csv: Any = arrow("csv")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    options = csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
    csv.write_csv(table, path, options)


def _is_parquet(source: str) -> bool:
    return Path(source).suffix.lower() in PARQUET


def _cast(table: Table, wanted: Mapping[str, Any], source: str) -> Table:
    pyarrow = arrow()
    for name, kind in wanted.items():
        place = table.schema.get_field_index(name)
        column = table.column(place)
        if column.type == kind:
            continue
        try:
            cast = column.cast(kind)
        except pyarrow.ArrowException as error:
            raise CommandFailed(
                f"column `{name}` is {column.type} and cannot be {kind}: {error}", place=source
            ) from error
        table = table.set_column(place, name, cast)
    return table


def _csv_header(source: str) -> list[str]:
    csv: Any = arrow("csv")
    line = _first_line(source)
    if not line.strip():
        raise CommandFailed("it is empty, or its first line is", place=source)
    try:
        table = csv.read_csv(
            arrow().BufferReader(line), parse_options=csv.ParseOptions(delimiter=_delimiter(line))
        )
    except arrow().ArrowException as error:
        raise CommandFailed(
            f"its first line is no header: {str(error).splitlines()[0]}", place=source
        ) from error
    return list(table.column_names)


def _read_csv(source: str, wanted: Mapping[str, Any]) -> Table:
    csv: Any = arrow("csv")
    line = _first_line(source)
    convert = csv.ConvertOptions(
        column_types=dict(wanted), strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    with _opened(source) as file:
        return csv.read_csv(
            file,
            parse_options=csv.ParseOptions(delimiter=_delimiter(line), newlines_in_values=True),
            convert_options=convert,
        )


def _opened(source: str) -> Any:  # noqa: ANN401 - a file of pyarrow
    """Open a file; pyarrow unpacks what is compressed, by its name."""
    return arrow().input_stream(source)


def _first_line(source: str) -> bytes:
    head = b""
    with _opened(source) as file:
        while b"\n" not in head and (more := file.read(_HEAD_BYTES)):
            head += more
    return head.partition(b"\n")[0] + b"\n"


def _delimiter(line: bytes) -> str:
    """Guess what separates the columns: the likeliest character in the header."""
    return max(",;\t|", key=lambda character: line.count(character.encode()))
