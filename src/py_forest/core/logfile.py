"""A log of one execution as a file: its header, then its records, each framed and checked.

    file    = magic entry*
    magic   = 89 'PFREC' 0D 0A 1A version          10 bytes, version 01
    entry   = kind length checksum payload         kind u8, length u32, checksum u32, little-endian
    kind    = 01 header | 02 record | 03 end
    payload = `length` bytes; those of an end are the number of records, u64

The first entry is the header and there is only one; an end closes the file. The checksum is the
CRC-32 of kind, length and payload. A writer that was killed leaves no end, and at worst a torn last
entry: what stands before it is whole and can still be read. The magic is that of PNG in spirit: a
transfer that changes line ends or drops the eighth bit breaks it, and is noticed at once.
"""

from __future__ import annotations

import struct
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from zlib import crc32

from py_forest.kit.errors import RecordRefused
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from types import TracebackType

__all__ = ["LogReader", "LogWriter", "read_log"]

MAX_ENTRY_BYTES: Final = 1 << 30
"""Payload of one entry at most; a larger length is taken for damage."""

_MAGIC: Final = b"\x89PFREC\r\n\x1a"
_VERSION: Final = 1
_FRAME: Final = struct.Struct("<BII")
_COUNT: Final = struct.Struct("<Q")
_HEADER, _RECORD, _END = 1, 2, 3


class LogWriter(AbstractContextManager["LogWriter"]):
    """Writes a log; a context manager.

    Args:
        path: where to; a file that is there is replaced.
        header: `Execution.header`.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: str | PathLike[str], header: bytes) -> None:
        self._file: BinaryIO = Path(path).open("wb")  # noqa: SIM115
        self._records = 0
        self._file.write(_MAGIC + bytes([_VERSION]))
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


class LogReader(AbstractContextManager["LogReader"]):
    """Reads a log one record at a time; a context manager.

    Attributes:
        path: the file.
        header: the execution's header.
        is_complete: whether the end was seen; known once the records were read.

    Args:
        path: the file.
        is_tolerant: take what is whole of a log that breaks off, instead of refusing it. A log that
            is damaged in its middle is refused all the same.

    Raises:
        OSError: the file cannot be read.
        RecordRefused: it is no log, or its header is not whole.
    """

    def __init__(self, path: str | PathLike[str], *, is_tolerant: bool = False) -> None:
        self.path = Path(path)
        self.is_complete = False
        self._is_tolerant = is_tolerant
        self._file: BinaryIO = self.path.open("rb")
        try:
            self.header = self._opening()
        except BaseException:
            self._file.close()
            raise

    def records(self) -> Iterator[bytes]:
        """Yield the records in order; can be asked for once.

        Raises:
            RecordRefused: the log breaks off or is damaged; the message says after which record.
        """
        read = 0
        while (entry := self._entry(read)) is not None:
            kind, payload = entry
            if kind == _END:
                self._check_end(payload, read)
                self.is_complete = True
                return
            if kind != _RECORD:
                raise self._damaged(read, f"an entry of kind {kind} does not belong there")
            read += 1
            yield payload
        if not self._is_tolerant:
            raise self._broken_off(read)

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

    def _opening(self) -> bytes:
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
        entry = self._entry(0)
        if entry is None:
            raise RecordRefused(
                f"{self.path} breaks off within its header: nothing of it can be used",
                detail={"path": str(self.path)},
            )
        kind, header = entry
        if kind != _HEADER:
            raise self._damaged(0, "it does not begin with a header")
        return header

    def _entry(self, read: int) -> tuple[int, bytes] | None:
        """Return the next entry; None where the file ends, within an entry or between two."""
        frame = self._file.read(_FRAME.size)
        if len(frame) < _FRAME.size:
            return None
        kind, length, checksum = _FRAME.unpack(frame)
        if length > MAX_ENTRY_BYTES:
            raise self._damaged(read, f"an entry claims {length:,} bytes")
        payload = self._file.read(length)
        if len(payload) < length:
            return None
        if checksum != _checksum(kind, payload):
            raise self._damaged(read, "a checksum does not match")
        return kind, payload

    def _check_end(self, payload: bytes, read: int) -> None:
        if len(payload) != _COUNT.size or _COUNT.unpack(payload)[0] != read:
            raise self._damaged(read, "the number of records does not match")
        if self._file.read(1):
            raise self._damaged(read, "something follows the end")

    def _damaged(self, read: int, what: str) -> RecordRefused:
        return RecordRefused(
            f"{self.path} is damaged after {counted(read, 'record')}: {what}",
            detail={"path": str(self.path), "whole_records": read},
        )

    def _broken_off(self, read: int) -> RecordRefused:
        return RecordRefused(
            f"{self.path} breaks off after {counted(read, 'whole record')}: it was cut, or its "
            "writer was killed",
            detail={"path": str(self.path), "whole_records": read},
        )


def read_log(path: str | PathLike[str]) -> tuple[bytes, list[bytes]]:
    """Read a whole log into memory.

    Args:
        path: the file.

    Returns:
        the header and the records, as `py_forest.replay` takes them.

    Raises:
        OSError: the file cannot be read.
        RecordRefused: it is no log, or not a whole one.
    """
    with LogReader(path) as log:
        return log.header, list(log.records())


def _framed(kind: int, payload: bytes) -> bytes:
    return _FRAME.pack(kind, len(payload), _checksum(kind, payload))


def _checksum(kind: int, payload: bytes) -> int:
    return crc32(payload, crc32(struct.pack("<BI", kind, len(payload))))
