"""Records and log headers that are damaged, cut short, foreign or from tomorrow crash nothing.

A record has no checksum of its own (the file that keeps it has): a changed one is refused, or is
another record and then its replay says where it parts from what happens.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import py_forest as pf
from py_forest.kit.errors import PyForestError, RecordRefused, SnapshotRefused
from tests.oracle import damage, rich
from tests.profile import scaled

trees = pytest.mark.parametrize("name", rich.TREES)


def replayed_or_refused(program: pf.Program, header: bytes, records: list[bytes]) -> None:
    """Replay a log; any answer will do, but an answer there must be."""
    try:
        report = pf.replay(program, header, records)
    except (RecordRefused, SnapshotRefused, ValueError) as refused:
        said = str(refused)
    else:
        said = report.first_difference or "equal"
    assert said


@trees
def test_a_record_tells_of_its_tick_and_a_log_replays(name: str) -> None:
    program, execution, records = rich.underway(name)
    record = pf.decode(records[0], program)
    assert (record.kind, record.tick, record.now, record.updates["size"]) == ("tick", 1, 0.0, 2.0)
    assert pf.replay(program, execution.header, records).equal


@trees
def test_a_record_cut_short_anywhere_is_refused(name: str) -> None:
    program, _, records = rich.underway(name)
    for record in records:
        for part in damage.cut_short(record):
            with pytest.raises(RecordRefused):
                pf.decode(part, program)


@trees
def test_a_record_with_a_byte_too_many_is_refused(name: str) -> None:
    program, execution, records = rich.underway(name)
    with pytest.raises(RecordRefused, match="after its end"):
        pf.decode(records[0] + b"\0", program)
    with pytest.raises(RecordRefused):
        pf.replay(program, execution.header, [records[0] + records[1]])


@trees
def test_a_record_of_tomorrow_is_refused(name: str) -> None:
    program, _, records = rich.underway(name)
    first = records[0]
    with pytest.raises(RecordRefused, match=r"format 2.*reads format 1"):
        pf.decode(bytes((first[0] + 0x10,)) + first[1:], program)


@trees
def test_a_log_of_another_program_is_refused(name: str) -> None:
    _, execution, records = rich.underway(name)
    for other in rich.TREES:
        if other != name:
            with pytest.raises(SnapshotRefused, match="another program"):
                pf.replay(rich.program(other), execution.header, records)


@pytest.mark.parametrize("record", [b"", b"\x11", b"\xff" * 4096, bytes(100), b"PFS\x01"])
def test_bytes_that_are_no_record_are_refused(record: bytes) -> None:
    program, execution, _ = rich.underway("loops")
    with pytest.raises(RecordRefused):
        pf.decode(record, program)
    with pytest.raises(RecordRefused):
        pf.replay(program, execution.header, [record])


@trees
def test_a_log_without_its_first_record_differs_at_its_tick(name: str) -> None:
    program, execution, records = rich.underway(name, 3)
    report = pf.replay(program, execution.header, [records[0], records[2]])
    assert (report.equal, report.tick) == (False, 3)


@trees
def test_a_header_cut_short_or_changed_is_refused(name: str) -> None:
    program, execution, records = rich.underway(name)
    header = execution.header
    damaged = [*damage.cut_short(header), *(blob for _, blob in damage.flipped(header))]
    for blob in [*damaged, header + b"\0"]:
        with pytest.raises((RecordRefused, SnapshotRefused)):
            pf.replay(program, blob, records)


@trees
def test_a_changed_bit_of_a_record_crashes_nothing(name: str) -> None:
    program, execution, records = rich.underway(name)
    for number, record in enumerate(records):
        for _, changed in damage.flipped(record):
            try:
                pf.decode(changed, program)
            except RecordRefused as refused:
                message = str(refused)
            else:
                message = "another record"
            assert message
            log = [*records[:number], changed, *records[number + 1 :]]
            replayed_or_refused(program, execution.header, log)


INPUTS = ("kind", "now", "updates", "results", "leaves", "overrides", "unset")


@trees
def test_a_record_whose_outcome_was_changed_is_where_the_replay_parts(name: str) -> None:
    program, execution, records = rich.underway(name, 3)
    read = [pf.decode(record, program) for record in records]
    parted = 0
    for number, record in enumerate(records):
        for _, changed in damage.flipped(record):
            try:
                tampered = pf.decode(changed, program)
            except RecordRefused:
                continue
            inputs_differ = any(
                getattr(tampered, key) != getattr(read[number], key) for key in INPUTS
            )
            if inputs_differ or tampered == read[number]:
                continue
            log = [*records[:number], changed, *records[number + 1 :]]
            report = pf.replay(program, execution.header, log)
            assert (report.equal, report.ticks) == (False, number + 1), changed.hex()
            assert report.tick == tampered.tick
            parted += 1
    assert parted > 20


@pytest.mark.slow
@settings(max_examples=scaled(300, 20_000))
@given(
    st.sampled_from(sorted(rich.TREES)),
    st.lists(st.integers(0, 400), min_size=1, max_size=4),
    st.lists(st.integers(0, 255), min_size=4, max_size=4),
)
def test_changes_of_a_record_crash_nothing(name: str, places: list[int], values: list[int]) -> None:
    program, execution, records = rich.underway(name)
    changed = damage.changed(records[1], places, values)
    replayed_or_refused(program, execution.header, [records[0], changed])


@pytest.mark.slow
@settings(max_examples=scaled(200, 5_000))
@given(st.binary(max_size=64))
def test_any_bytes_are_refused_or_read(blob: bytes) -> None:
    program, execution, _ = rich.underway("values")
    for do in (
        lambda: pf.decode(blob, program),
        lambda: pf.decode(b"\x11" + blob, program),
        lambda: pf.replay(program, blob, []),
        lambda: pf.replay(program, execution.header, [b"\x11" + blob]),
        lambda: program.restore(b"PFS\x01" + blob),
    ):
        try:
            do()
        except PyForestError as refused:
            said = str(refused)
        else:
            said = "read"
        assert said
