from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_forest.core.logfile import (
    MAX_ENTRY_BYTES,
    LogReader,
    LogSection,
    LogWriter,
    read_log,
)
from py_forest.kit.errors import RecordRefused

RECORDS = [b"one", b"", b"three" * 1000]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "run.pfrec"
    _write(path, RECORDS)
    return path


def _write(path: Path, records: list[bytes]) -> None:
    with LogWriter(path) as writer:
        writer.begin(b"header")
        for record in records:
            writer.append(record)


def _tolerant(path: Path) -> tuple[list[bytes], bool]:
    with LogReader(path, is_tolerant=True) as reader:
        records = [record for section in reader.sections() for record in section.records]
        return records, reader.is_complete


def test_what_was_written_is_read(log: Path) -> None:
    assert read_log(log) == [LogSection(b"header", RECORDS)]


def test_a_log_without_records_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "empty.pfrec"
    _write(path, [])
    assert read_log(path) == [LogSection(b"header", [])]


def test_a_reload_begins_a_section(tmp_path: Path) -> None:
    path = tmp_path / "reloaded.pfrec"
    with LogWriter(path) as writer:
        for header, records in ((b"one", [b"1", b"2"]), (b"two", []), (b"three", [b"3"])):
            writer.begin(header, object())
            for record in records:
                writer.append(record)
    assert read_log(path) == [
        LogSection(b"one", [b"1", b"2"]),
        LogSection(b"two", []),
        LogSection(b"three", [b"3"]),
    ]
    with LogReader(path) as log:
        assert [section.header for section in log.sections()] == [b"one", b"two", b"three"]
        assert log.is_complete


def test_closing_twice_writes_one_end(log: Path) -> None:
    size = log.stat().st_size
    writer = LogWriter(log)
    writer.begin(b"header")
    for record in RECORDS:
        writer.append(record)
    writer.close()
    writer.close()
    assert log.stat().st_size == size


def test_a_closed_log_takes_no_more(log: Path) -> None:
    writer = LogWriter(log)
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.append(b"late")


def test_flushed_records_survive_the_writer(log: Path) -> None:
    writer = LogWriter(log)
    writer.begin(b"header")
    writer.append(b"kept")
    writer.flush()
    assert _tolerant(log) == ([b"kept"], False)
    writer.close()


def test_every_shorter_file_is_refused_and_says_what_is_whole(log: Path) -> None:
    whole = log.read_bytes()
    # All cuts but those within the long third record, of which every hundredth.
    cuts = {*range(0, 60), *range(60, len(whole) - 30, 100), *range(len(whole) - 30, len(whole))}
    for cut in sorted(cuts):
        log.write_bytes(whole[:cut])
        with pytest.raises(RecordRefused):
            read_log(log)
    log.write_bytes(whole[:-40])
    with pytest.raises(RecordRefused, match="breaks off after 2 whole records"):
        read_log(log)


def test_a_tolerant_reader_takes_what_is_whole(log: Path) -> None:
    whole = log.read_bytes()
    log.write_bytes(whole[:-40])
    assert _tolerant(log) == (RECORDS[:2], False)
    log.write_bytes(whole)
    assert _tolerant(log) == (RECORDS, True)


@given(st.data())
def test_no_flipped_bit_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("log") / "run.pfrec"
    _write(path, [b"a record", b"another"])
    whole = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(whole) - 1))
    whole[position] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(whole)
    with pytest.raises(RecordRefused):
        read_log(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not a log of PyForest"),
        (b'{"root": {}}', "is not a log of PyForest"),
        (b"\x89PFREC\r\n\x1a\x02rest", "log format 2; this version reads format 1"),
        (b"\x89PFREC\r\n\x1a", "log format missing"),
        (b"\x89PFREC\r\n\x1a\x01\x01", "breaks off within its header"),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(RecordRefused, match=says) as refused:
        read_log(path)
    assert refused.value.detail["path"] == str(path)


def test_bytes_after_the_end_are_refused(log: Path) -> None:
    log.write_bytes(log.read_bytes() + b"x")
    with pytest.raises(RecordRefused, match="something follows the end"):
        read_log(log)


def test_a_record_before_the_header_is_refused(log: Path) -> None:
    with LogWriter(log) as writer:
        writer.append(b"early")
    with pytest.raises(RecordRefused, match="kind 2 does not belong there"):
        read_log(log)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path / "none.pfrec")


def test_a_record_that_is_too_large_is_refused(log: Path) -> None:
    with LogWriter(log) as writer:
        writer.begin(b"header")
        with pytest.raises(ValueError, match="too large for a log"):
            writer.append(bytes(MAX_ENTRY_BYTES + 1))
    assert read_log(log) == [LogSection(b"header", [])]


def test_an_entry_that_claims_too_much_is_refused(log: Path) -> None:
    whole = bytearray(log.read_bytes())
    whole[11:15] = (MAX_ENTRY_BYTES + 1).to_bytes(4, "little")
    log.write_bytes(whole)
    with pytest.raises(RecordRefused, match="an entry claims 1,073,741,825 bytes"):
        read_log(log)


def test_a_record_that_was_taken_out_is_missed(log: Path) -> None:
    whole = log.read_bytes()
    magic, frame, header, first = 10, 9, 6, 3
    start = magic + frame + header
    log.write_bytes(whole[:start] + whole[start + frame + first :])
    with pytest.raises(RecordRefused, match="the number of records does not match"):
        read_log(log)
