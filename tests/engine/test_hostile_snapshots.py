"""Snapshots that are damaged, cut short, foreign or from tomorrow are refused and crash nothing."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import py_forest as pf
from py_forest.kit.errors import SnapshotRefused
from tests.oracle import damage, rich
from tests.oracle.cases import Case
from tests.oracle.native import compiled, tick
from tests.oracle.strategies import all_cases
from tests.profile import scaled

trees = pytest.mark.parametrize("name", rich.TREES)
FORMAT = 3
"""Where in a snapshot the number of its format stands."""


@trees
def test_a_snapshot_goes_on(name: str) -> None:
    program, execution, _ = rich.underway(name)
    rich.carry_on(program.restore(execution.snapshot()))


@trees
def test_a_snapshot_cut_short_anywhere_is_refused(name: str) -> None:
    program, execution, _ = rich.underway(name)
    for part in damage.cut_short(execution.snapshot()):
        with pytest.raises(SnapshotRefused, match=r"cut short|no snapshot"):
            program.restore(part)


@trees
def test_a_snapshot_with_a_byte_too_many_is_refused(name: str) -> None:
    program, execution, _ = rich.underway(name)
    blob = execution.snapshot()
    for longer in (blob + b"\0", b"\0" + blob, blob + blob):
        with pytest.raises(SnapshotRefused):
            program.restore(longer)


@trees
def test_a_snapshot_with_any_bit_flipped_is_refused(name: str) -> None:
    program, execution, _ = rich.underway(name)
    for place, blob in damage.flipped(execution.snapshot()):
        with pytest.raises(SnapshotRefused) as caught:
            program.restore(blob)
        expected = "no snapshot" if place < FORMAT else "format" if place == FORMAT else "damaged"
        assert expected in str(caught.value)


@trees
def test_a_snapshot_of_another_program_is_refused(name: str) -> None:
    _, execution, _ = rich.underway(name)
    blob = execution.snapshot()
    for other in rich.TREES:
        if other != name:
            with pytest.raises(SnapshotRefused, match="another program"):
                rich.program(other).restore(blob)


def test_a_snapshot_of_tomorrow_names_both_formats() -> None:
    program, execution, _ = rich.underway("loops")
    blob = bytearray(execution.snapshot())
    today = blob[FORMAT]
    blob[FORMAT] += 1
    with pytest.raises(SnapshotRefused, match=f"format {today + 1}.*reads format {today}"):
        program.restore(damage.mended(bytes(blob)))


@pytest.mark.parametrize("blob", [b"", b"P", b"PFS", b"\xff" * 4096, bytes(100)])
def test_bytes_that_are_no_snapshot_are_refused(blob: bytes) -> None:
    with pytest.raises(SnapshotRefused, match=r"no snapshot|format|cut short|damaged"):
        rich.program("loops").restore(blob)


@pytest.mark.parametrize("thing", [None, 1, "PFS", [], bytearray(b"PFS")])
def test_what_is_no_bytes_is_a_type_error(thing: object) -> None:
    with pytest.raises((TypeError, SnapshotRefused)):
        rich.program("loops").restore(thing)  # type: ignore[arg-type]


def restored_or_refused(program: pf.Program, blob: bytes) -> None:
    """Restore and go on; damage that gets past the checksum may be refused, or be harmless."""
    try:
        execution = program.restore(blob)
    except SnapshotRefused as refused:
        said = str(refused)
    else:
        said = "restored"
        rich.carry_on(execution)
    assert said


@trees
def test_a_changed_bit_under_a_right_checksum_crashes_nothing(name: str) -> None:
    program, execution, _ = rich.underway(name)
    for place, blob in damage.flipped(execution.snapshot()[: -damage.CHECKSUM]):
        if place > FORMAT:
            restored_or_refused(program, damage.mended(blob + bytes(damage.CHECKSUM)))


@pytest.mark.slow
@settings(max_examples=scaled(300, 20_000))
@given(
    st.sampled_from(sorted(rich.TREES)),
    st.lists(st.integers(36, 400), min_size=1, max_size=4),
    st.lists(st.integers(0, 255), min_size=4, max_size=4),
)
def test_changes_under_a_right_checksum_crash_nothing(
    name: str, places: list[int], values: list[int]
) -> None:
    program, execution, _ = rich.underway(name)
    blob = damage.changed(execution.snapshot(), places, values)
    restored_or_refused(program, damage.mended(blob))


@pytest.mark.slow
@settings(max_examples=scaled(50, 2_000))
@given(all_cases(), st.integers(0, 1 << 16), st.integers(0, 255))
def test_a_changed_snapshot_of_any_tree_crashes_nothing(case: Case, place: int, value: int) -> None:
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    for given_ in case.ticks[:-1]:
        tick(execution, program, given_)
    blob = execution.snapshot()
    blob = damage.changed(blob, [FORMAT + 1 + place % (len(blob) - FORMAT - 1)], [value])
    with pytest.raises(SnapshotRefused) if blob != execution.snapshot() else nullcontext():
        program.restore(blob)
    try:
        again = program.restore(damage.mended(blob))
    except SnapshotRefused:
        return
    last = case.ticks[-1]
    again.tick(last.updates)
    again.halt()
