"""A log of one execution as a file: headers and records, each framed and checked.

    file    = magic entry*
    magic   = 89 'PFREC' 0D 0A 1A version          10 bytes, version 01
    entry   = kind length checksum payload         kind u8, length u32, checksum u32, little-endian
    kind    = 01 header | 02 record | 03 end
    payload = `length` bytes; those of an end are the number of records, u64

The first entry is a header; another one begins a new section, as a reload does. An end closes the
file. The checksum is the CRC-32 of kind, length and payload. A writer that was killed leaves no
end, and at worst a torn last entry: what stands before it is whole and can still be read. The
magic is that of PNG in spirit: a transfer that changes line ends or drops the eighth bit breaks
it, and is noticed at once.
"""

from __future__ import annotations

import struct
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from zlib import crc32

from py_forest.kit.errors import RecordRefused
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike
    from types import TracebackType

__all__ = ["LogReader", "LogSection", "LogWriter", "read_log"]

Entry = tuple[int, bytes]
"""A kind and a payload."""

MAX_ENTRY_BYTES: Final = 1 << 30
"""Payload of one entry at most; a larger length is taken for damage."""

_MAGIC: Final = b"\x89PFREC\r\n\x1a"
_VERSION: Final = 1
_FRAME: Final = struct.Struct("<BII")
_COUNT: Final = struct.Struct("<Q")
_HEADER, _RECORD, _END = 1, 2, 3


class LogWriter(AbstractContextManager["LogWriter"]):
    """Writes a log; a context manager. It is a `RecordSink`.

    Args:
        path: where to; a file that is there is replaced.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._file: BinaryIO = Path(path).open("wb")  # noqa: SIM115
        self._records = 0
        self._file.write(_MAGIC + bytes([_VERSION]))

    def begin(self, header: bytes, program: object = None) -> None:  # noqa: ARG002
        """Begin a section: the first one, or one after a hot reload.

        Args:
            header: `Execution.header`.
            program: is not written; the header names it by its hash.

        Raises:
            OSError: the file cannot be written.
            ValueError: the log was closed.
        """
        self._write(_HEADER, header)

    def append(self, record: bytes) -> None:
        """Add the record of a tick, a reload or a halt.

        Raises:
            OSError: the file cannot be written.
            ValueError: the log was closed, or the record is larger than `MAX_ENTRY_BYTES`.
        """
        self._write(_RECORD, record)
        self._records += 1

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Write the end and close the file; closing again does nothing."""
        if self._file.closed:
            return
        try:
            self._write(_END, _COUNT.pack(self._records))
        finally:
            self._file.close()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, kind: int, payload: bytes) -> None:
        if len(payload) > MAX_ENTRY_BYTES:
            raise ValueError(f"an entry of {len(payload):,} bytes is too large for a log")
        self._file.write(_framed(kind, payload) + payload)


@dataclass(frozen=True, slots=True)
class LogSection:
    """A part of a log that one program wrote.

    Args:
        header: the execution's header.
        records: its records, as `py_forest.replay` takes them.
    """

    header: bytes
    records: Iterable[bytes]


class LogReader(AbstractContextManager["LogReader"]):
    """Reads a log, one record at a time; a context manager.

    Attributes:
        path: the file.
        is_complete: whether the end was seen; known once everything was read.

    Args:
        path: the file.
        is_tolerant: take what is whole of a log that breaks off, instead of refusing it. A log that
            is damaged in its middle is refused all the same.

    Raises:
        OSError: the file cannot be read.
        RecordRefused: it is no log.
    """

    def __init__(self, path: str | PathLike[str], *, is_tolerant: bool = False) -> None:
        self.path = Path(path)
        self.is_complete = False
        self._is_tolerant = is_tolerant
        self._read = 0
        self._file: BinaryIO = self.path.open("rb")
        try:
            self._check_magic()
        except BaseException:
            self._file.close()
            raise

    def sections(self) -> Iterator[LogSection]:
        """Yield the sections in order; the records of one are read before the next is asked for.

        Raises:
            RecordRefused: the log breaks off or is damaged; the message says after which record.
        """
        entries = self._entries()
        kind, payload = next(entries, (_END, b""))
        while kind == _HEADER:
            header, following = payload, deque[Entry]()
            records = self._records(entries, following)
            yield LogSection(header, records)
            deque(records, maxlen=0)
            kind, payload = following.pop() if following else (_END, b"")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _check_magic(self) -> None:
        magic = self._file.read(len(_MAGIC) + 1)
        if not magic.startswith(_MAGIC):
            raise RecordRefused(
                f"{self.path} is not a log of PyForest: `pyforest run --record` writes one",
                detail={"path": str(self.path)},
            )
        if magic[len(_MAGIC) :] != bytes([_VERSION]):
            found = magic[-1] if len(magic) > len(_MAGIC) else "missing"
            raise RecordRefused(
                f"{self.path} has log format {found}; this version reads format {_VERSION}",
                detail={"path": str(self.path)},
            )

    def _records(self, entries: Iterator[Entry], following: deque[Entry]) -> Iterator[bytes]:
        """Yield records up to the next header, which is left in `following`."""
        for kind, payload in entries:
            if kind == _HEADER:
                following.append((kind, payload))
                return
            self._read += 1
            yield payload

    def _entries(self) -> Iterator[Entry]:
        """Yield headers and records."""
        is_first = True
        while (entry := self._entry()) is not None:
            kind, payload = entry
            if kind not in ((_HEADER,) if is_first else (_HEADER, _RECORD, _END)):
                raise self._damaged(f"an entry of kind {kind} does not belong there")
            if kind == _END:
                self._check_end(payload)
                self.is_complete = True
                return
            is_first = False
            yield entry
        if is_first:
            raise RecordRefused(
                f"{self.path} breaks off within its header: nothing of it can be used",
                detail={"path": str(self.path)},
            )
        if not self._is_tolerant:
            raise self._broken_off()

    def _entry(self) -> Entry | None:
        """Return the next entry; None where the file ends, within an entry or between two."""
        frame = self._file.read(_FRAME.size)
        if len(frame) < _FRAME.size:
            return None
        kind, length, checksum = _FRAME.unpack(frame)
        if length > MAX_ENTRY_BYTES:
            raise self._damaged(f"an entry claims {length:,} bytes")
        payload = self._file.read(length)
        if len(payload) < length:
            return None
        if checksum != _checksum(kind, payload):
            raise self._damaged("a checksum does not match")
        return kind, payload

    def _check_end(self, payload: bytes) -> None:
        if len(payload) != _COUNT.size or _COUNT.unpack(payload)[0] != self._read:
            raise self._damaged("the number of records does not match")
        if self._file.read(1):
            raise self._damaged("something follows the end")

    def _damaged(self, what: str) -> RecordRefused:
        return RecordRefused(
            f"{self.path} is damaged after {counted(self._read, 'record')}: {what}",
            detail={"path": str(self.path), "whole_records": self._read},
        )

    def _broken_off(self) -> RecordRefused:
        return RecordRefused(
            f"{self.path} breaks off after {counted(self._read, 'whole record')}: it was cut, or "
            "its writer was killed",
            code="LOG_BROKEN_OFF",
            detail={"path": str(self.path), "whole_records": self._read},
        )


def read_log(path: str | PathLike[str], *, is_tolerant: bool = False) -> list[LogSection]:
    """Read a whole log into memory.

    Args:
        path: the file.
        is_tolerant: see `LogReader`.

    Raises:
        OSError: the file cannot be read.
        RecordRefused: it is no log, or not a whole one.
    """
    with LogReader(path, is_tolerant=is_tolerant) as log:
        return [LogSection(each.header, list(each.records)) for each in log.sections()]


def _framed(kind: int, payload: bytes) -> bytes:
    return _FRAME.pack(kind, len(payload), _checksum(kind, payload))


def _checksum(kind: int, payload: bytes) -> int:
    return crc32(payload, crc32(struct.pack("<BI", kind, len(payload))))
