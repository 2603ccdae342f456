from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.profile import PROFILE
from tools.mutation import mutants
from tools.mutation.equivalent import KNOWN

ROOT = Path(__file__).resolve().parents[2]

SOURCE = """\
// a < b in a comment
template <class Tick>
Status tick_it(Tick& t, std::uint32_t index) {
  const char* text = "a < b";
  if (index < 3 && !t.done()) return Status::kSuccess;
  t.count(index + 1);
  return t.ready() ? Status::kFailure : Status::kRunning;
}
"""


def replaced(rule: str, source: str = SOURCE) -> list[tuple[str, str]]:
    found = mutants.find("x.h", source)
    return [(one.original, one.replacement) for one in found if one.rule == rule]


def test_a_comparison_moves_its_bound_and_turns_round() -> None:
    assert replaced("comparison") == [("<", "<="), ("<", ">=")]


def test_logic_negations_and_choices_are_turned() -> None:
    assert replaced("logic") == [("&&", "||")]
    assert replaced("negation") == [("!", "")]
    assert replaced("branch") == [
        ("index < 3 && !t.done()", "!(index < 3 && !t.done())"),
    ]
    assert replaced("choice") == [
        (
            " ? Status::kFailure : Status::kRunning",
            " ? Status::kRunning : Status::kFailure",
        )
    ]


def test_statuses_and_numbers_become_their_neighbours() -> None:
    assert ("Status::kSuccess", "Status::kFailure") in replaced("status")
    assert len(replaced("status")) == 6
    assert replaced("number") == [("3", "2"), ("3", "4"), ("1", "0"), ("1", "2")]


def test_statements_are_deleted_but_neither_declarations_nor_returns() -> None:
    assert replaced("deletion") == [("t.count(index + 1)", "")]
    kept = "int a = 1;\nreturn a;\nvoid f();\nusing x = y;\n"
    assert replaced("deletion", kept) == []
    nested = "if (a) continue;\nfor (;;) {\n  ++cells[0];\n  x.y(f(1), [&](int z) { go(z); });\n}\n"
    assert [original for original, _ in replaced("deletion", nested)] == [
        "continue",
        "++cells[0]",
        "x.y(f(1), [&](int z) { go(z); })",
    ]


def test_comments_texts_and_templates_are_left_alone() -> None:
    assert {one.line for one in mutants.find("x.h", SOURCE)} == {5, 6, 7}


def test_a_mutant_changes_its_place_and_nothing_else() -> None:
    for mutant in mutants.find("x.h", SOURCE):
        changed = mutant.applied(SOURCE)
        assert changed != SOURCE
        assert changed[: mutant.start] == SOURCE[: mutant.start]
        assert len(changed) - len(SOURCE) == len(mutant.replacement) - len(mutant.original)
        with pytest.raises(ValueError, match="is not the source"):
            mutant.applied("another source altogether, which is long enough for it" * 20)


def test_what_is_said_to_be_equivalent_is_still_in_the_sources() -> None:
    sources = {str(path): path.read_text() for path in (ROOT / "native").rglob("*.[hc]*")}
    for path, line, original, _, _ in KNOWN:
        texts = [text for name, text in sources.items() if name.endswith(path)]
        assert any(line in text and original in line for text in texts), (path, line)


@pytest.mark.slow
@pytest.mark.timeout(8 * 3600)
@pytest.mark.skipif(PROFILE != "full", reason="compiles the engine 1,500 times")
def test_nine_in_ten_mutants_of_the_tick_are_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.mutation", "--bar", "90"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
