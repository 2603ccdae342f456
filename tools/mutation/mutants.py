"""Small errors, each at one place of a C++ source, found by its text.

The engine's sources are formatted by clang-format, which is what makes text enough: a comparison
has spaces around it and a template's bracket has not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """One error: text of a file replaced.

    Args:
        path: of the source, relative to the repository.
        start: where the replaced text begins, in characters.
        original: the text that is replaced.
        replacement: what stands there instead.
        rule: the kind of error, for the report.
        line: line number, from 1.
        shown: the line as it stands.
    """

    path: str
    start: int
    original: str
    replacement: str
    rule: str
    line: int
    shown: str

    def applied(self, text: str) -> str:
        """Return the source with the error in it."""
        end = self.start + len(self.original)
        if text[self.start : end] != self.original:
            raise ValueError(f"{self.path} is not the source this mutant was made from")
        return text[: self.start] + self.replacement + text[end:]

    def __str__(self) -> str:
        before = " ".join(self.original.split())
        after = " ".join(self.replacement.split()) or "nothing"
        return f"{self.path}:{self.line}: {self.rule}: `{before}` -> `{after}` in `{self.shown}`"


_SWAPS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "comparison": (
        r"(?<= )(<=|>=|==|!=|<|>)(?= )",
        {
            "<": ("<=", ">="),
            "<=": ("<", ">"),
            ">": (">=", "<="),
            ">=": (">", "<"),
            "==": ("!=",),
            "!=": ("==",),
        },
    ),
    "logic": (r"(?<= )(&&|\|\|)(?= )", {"&&": ("||",), "||": ("&&",)}),
    "arithmetic": (
        r"(?<= )(\+|-|\*|/|&|\||\+=|-=|\*=|\|=|&=)(?= )",
        {
            "+": ("-",),
            "-": ("+",),
            "*": ("/",),
            "/": ("*",),
            "&": ("|",),
            "|": ("&",),
            "+=": ("-=",),
            "-=": ("+=",),
            "*=": ("/=",),
            "|=": ("&=",),
            "&=": ("|=",),
        },
    ),
    "step": (r"\+\+|--(?!>)", {"++": ("--",), "--": ("++",)}),
    "truth": (r"\b(true|false)\b", {"true": ("false",), "false": ("true",)}),
    "status": (
        r"\bStatus::k(Success|Failure|Running|Skipped|Invalid)\b",
        {
            "Status::kSuccess": ("Status::kFailure", "Status::kRunning"),
            "Status::kFailure": ("Status::kSuccess", "Status::kRunning"),
            "Status::kRunning": ("Status::kSuccess", "Status::kFailure"),
            "Status::kSkipped": ("Status::kFailure", "Status::kSuccess"),
            "Status::kInvalid": ("Status::kRunning", "Status::kSuccess"),
        },
    ),
    "negation": (r"(?<=[ (])!(?=[\w(])", {"!": ("",)}),
}

_NUMBER = re.compile(r"(?<![\w.'])(\d[\d']*)(\.\d+)?((?:U?LL?|U)?)(?![\w.'])")
_BRANCH = re.compile(r"\b(if|while)(?: constexpr)? \(")
_CHOICE = re.compile(r" \? ((?:[^?:;{}]|::)+?) : ((?:[^?:;{}]|::)+?)(?=[;,)])")
_SKIPPED_LINES = re.compile(r"^\s*(#|static_assert|namespace|using|template|}  // namespace)")
_STATEMENT = re.compile(
    r"""(?P<prefix>(?:^|(?<=[;{})])|(?<=\belse))\s*)
        (?P<body>(?:\+\+|--)?(?!return\b|else\b|case\b|default\b|public\b|private\b)
        [A-Za-z_][\w:]*(?:<[\w:]+>)?(?:\.|->|::|\w|\[[^][;]*\]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*
        (?:\s(?:=|\+=|-=|\*=|\|=|&=)\s[^;{}]*|\+\+|--)?);""",
    re.VERBOSE | re.MULTILINE,
)


def masked(text: str) -> str:
    """Blank out comments, texts, characters and lines that hold no code, keeping every place."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match.group())

    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![\w])\'(?:\\.|[^\'\\\n])\''
    text = re.sub(pattern, blank, text, flags=re.DOTALL)
    lines = text.split("\n")
    return "\n".join(" " * len(line) if _SKIPPED_LINES.match(line) else line for line in lines)


def find(path: str, text: str) -> list[Mutant]:
    """Find all errors that can be put into a source, in the order of their places."""
    code = masked(text)
    found = [
        Mutant(
            path,
            start,
            text[start:end],
            replacement,
            rule,
            text.count("\n", 0, start) + 1,
            text[text.rfind("\n", 0, start) + 1 : text.find("\n", start)].strip(),
        )
        for rule, start, end, replacement in _edits(code)
    ]
    return sorted(found, key=lambda mutant: (mutant.start, mutant.replacement))


def read(root: Path, paths: list[str]) -> list[Mutant]:
    """Find the mutants of several sources."""
    return [m for path in paths for m in find(path, (root / path).read_text())]


_Edit = tuple[str, int, int, str]


def _edits(code: str) -> Iterator[_Edit]:
    for rule, (pattern, swaps) in _SWAPS.items():
        for match in re.finditer(pattern, code):
            for replacement in swaps.get(match.group(), ()):
                yield rule, match.start(), match.end(), replacement
    yield from _numbers(code)
    yield from _branches(code)
    for match in _CHOICE.finditer(code):
        one, other = match.groups()
        yield "choice", match.start(), match.end(), f" ? {other} : {one}"
    for match in _STATEMENT.finditer(code):
        yield "deletion", match.start("body"), match.end("body"), ""


def _numbers(code: str) -> Iterator[_Edit]:
    for match in _NUMBER.finditer(code):
        whole, fraction, suffix = match.groups()
        number = int(whole.replace("'", ""))
        for changed in (number + 1, number - 1):
            if changed >= 0:
                yield "number", match.start(), match.end(), f"{changed}{fraction or ''}{suffix}"


def _branches(code: str) -> Iterator[_Edit]:
    for match in _BRANCH.finditer(code):
        start = match.end()
        depth, end = 1, start
        while depth:
            depth += {"(": 1, ")": -1}.get(code[end], 0)
            end += 1
        condition = code[start : end - 1]
        declares = ";" in condition or re.search(r"[^=!<>]=[^=]", condition)
        # A single comparison is turned round by the rule "comparison" already.
        single = not re.search(r"&&|\|\|", condition) and re.search(
            r"^!| (==|!=|<|>|<=|>=) ", condition
        )
        if not declares and not single:
            yield "branch", start, end - 1, f"!({condition})"
