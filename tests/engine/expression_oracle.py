"""CPython's `eval` as the judge of the expression language, and texts to judge it by."""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable
from functools import reduce
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from py_forest.engine import _native

Values = dict[str, Any]

LEAST, MOST = -(2**63), 2**63 - 1

# What a failure of the language is called in Python.
PYTHON_ERRORS: dict[str, type[Exception]] = {
    "missing": NameError,
    "type": TypeError,
    "zero_division": ZeroDivisionError,
    "index": IndexError,
    "key": KeyError,
}

# --- Python's answer ------------------------------------------------------------------------------


class _Board(dict[str, Any]):
    def __missing__(self, key: str) -> object:
        raise NameError(key)


def _with_list(function: Callable[..., object]) -> Callable[..., object]:
    """Refuse a single argument that is no list."""

    def checked(*values: object) -> object:
        if len(values) == 1 and not isinstance(values[0], list):
            raise TypeError("a list is wanted")
        return function(*values)

    return checked


def _sum(values: object, start: object = 0) -> object:
    """Add from left to right: from Python 3.12 on `sum` compensates for rounding."""
    if not isinstance(values, list) or not _are_numbers([start, *values]):
        raise TypeError("numbers are wanted")
    return reduce(operator.add, values, start)


def _sorted(values: list[Any]) -> object:
    if not _are_numbers(values) and not all(isinstance(value, str) for value in values):
        raise TypeError("values of one kind are wanted")
    return sorted(values)


def _are_numbers(values: list[object]) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _str(value: object) -> str:
    if isinstance(value, list | dict):
        raise TypeError("a scalar is wanted")
    return str(value)


_FUNCTIONS: dict[str, Any] = {
    "abs": abs,
    "all": _with_list(all),
    "any": _with_list(any),
    "bool": bool,
    "float": float,
    "int": int,
    "len": len,
    "max": _with_list(max),
    "min": _with_list(min),
    "round": round,
    "sorted": _with_list(_sorted),
    "str": _str,
    "sum": _sum,
}


def environment(values: Values) -> dict[str, Any]:
    """Return the globals in which `eval` sees what an expression sees."""
    plain = {name: value for name, value in values.items() if name.isidentifier()}
    robot = {"robot": SimpleNamespace(battery=values["robot.battery"])}
    return {
        "__builtins__": {},
        **_FUNCTIONS,
        **plain,
        **(robot if "robot.battery" in values else {}),
        "bb": _Board(values),
        "has": values.__contains__,
        "true": True,
        "false": False,
        "null": None,
    }


def python_value(text: str, names: dict[str, Any]) -> object:
    """Return what CPython makes of a text, blanks around it allowed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return eval(f"({text}\n)", names)  # noqa: S307


def _is_outside(value: object) -> bool:
    """Whether JSON with 64-bit integers cannot hold the value."""
    if isinstance(value, list):
        return any(map(_is_outside, value))
    if isinstance(value, complex):
        return True
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, int) and not LEAST <= value <= MOST


def leaves_the_values(text: str, names: dict[str, Any]) -> bool:
    """Whether any part of the expression has a value that JSON cannot hold."""
    for node in ast.walk(ast.parse(f"({text}\n)", mode="eval")):
        if isinstance(node, ast.expr):
            try:
                value = python_value(ast.unparse(node), names)
            except Exception:  # noqa: BLE001, S112
                continue
            if _is_outside(value):
                return True
    return False


def same(ours: object, theirs: object) -> bool:
    """Whether two values are equal with their types, the sign of zero and the order of keys."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(map(same, ours.values(), theirs.values()))
    return repr(ours) == repr(theirs)


def evaluate(text: str, **values: object) -> object:
    """Return what the language makes of a text."""
    return _native.evaluate_expression(text, values)


def outcome(evaluation: Callable[[], object]) -> object:
    """Return what comes out, or the kind of the failure in a list."""
    try:
        return evaluation()
    except _native.ExpressionFailure as failure:
        return [failure.kind]


def judge(text: str, values: Values) -> str | None:
    """Compare both answers; None where they agree, otherwise what is different."""
    ours: object = None
    kind = ""
    try:
        ours = _native.evaluate_expression(text, values)
    except _native.ExpressionFailure as failure:
        kind = failure.kind
        if kind == "syntax":
            return f"refused: {failure}"
    names = environment(values)
    theirs: object = None
    raised: Exception | None = None
    if kind == "limit":
        return None  # Python might need all the memory there is
    try:
        theirs = python_value(text, names)
    except Exception as error:  # noqa: BLE001
        raised = error
    if kind in PYTHON_ERRORS:
        agree = isinstance(raised, PYTHON_ERRORS[kind])
    elif kind == "":
        agree = raised is None and same(ours, theirs)
    else:  # overflow, value
        agree = isinstance(raised, OverflowError | ValueError) or leaves_the_values(text, names)
    return None if agree else f"ours {kind or repr(ours)}, Python's {raised or repr(theirs)}"


# --- Expressions ----------------------------------------------------------------------------------

_small = st.integers(-12, 12)
_edge = st.sampled_from(
    [LEAST, LEAST + 1, -(2**53) - 1, -(2**31), 2**31, 2**53, 2**53 + 1, MOST - 1, MOST]
)
INTEGERS = st.one_of(_small, _small, _edge, st.integers(LEAST, MOST))
FLOATS = st.one_of(
    st.sampled_from([0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.1, 1e16, 1e-5, 1e308, 5e-324, 2.0**63]),
    st.integers(-1000, 1000).map(lambda n: n / 8),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXTS = st.one_of(st.sampled_from(["", "a", "ab", "Ab", "12", "-1.5", " 7 "]), st.text(max_size=5))
NUMBERS = st.one_of(INTEGERS, FLOATS, st.booleans())

VALUES = st.fixed_dictionaries(
    {
        "i": INTEGERS,
        "j": INTEGERS,
        "f": FLOATS,
        "g": FLOATS,
        "b": st.booleans(),
        "s": TEXTS,
        "t": TEXTS,
        "xs": st.lists(NUMBERS, max_size=4),
        "ws": st.lists(TEXTS, max_size=4),
        "mixed": st.lists(st.one_of(NUMBERS, TEXTS, st.none(), st.just([1])), max_size=4),
        "d": st.dictionaries(st.sampled_from(["a", "b", "ab"]), st.one_of(NUMBERS, TEXTS)),
        "none": st.none(),
        "robot.battery": INTEGERS,
    }
)

Text = st.SearchStrategy[str]


def _join(pattern: str, *parts: Text) -> Text:
    return st.tuples(*parts).map(lambda drawn: pattern.format(*drawn))


def _of(*choices: str) -> Text:
    return st.sampled_from(choices)


_comparison = _of("<", "<=", ">", ">=", "==", "!=")


def _number_leaf() -> Text:
    literal = st.one_of(INTEGERS.filter(lambda n: n >= 0), FLOATS.filter(lambda n: n >= 0))
    return st.one_of(
        _of("i", "j", "f", "g", "b", "xs[0]", "robot.battery", 'bb["i"]', "len(s)", "d['a']"),
        literal.map(repr),
        _small.map(lambda n: f"({n})"),
    )


def numbers(depth: int) -> Text:
    """Return expressions that are mostly numbers."""
    if depth == 0:
        return _number_leaf()
    number, less = numbers(depth - 1), depth - 1
    return st.one_of(
        _number_leaf(),
        _join("({} {} {})", number, _of("+", "-", "*", "/", "//", "%"), number),
        _join("{} {} {}", number, _of("+", "-", "*", "//"), number),
        _join("({})**{}", number, st.integers(-3, 12).map(str)),
        _join("({})**{}", number, _of("b", "0.5", "-0.5", "(1/3)")),
        _join("{}({})", _of("-", "+", "abs", "int", "float", "round"), number),
        _join("round({}, {})", number, st.one_of(st.integers(-25, 25).map(str), _of("b", "None"))),
        _join("{}({}, {})", _of("min", "max"), number, number),
        _join("{}({})", _of("min", "max", "sum", "len"), lists(less)),
        _join("sum({}, {})", lists(less), number),
        _join("{}({})", _of("int", "float", "len"), texts(less)),
        _join("({} if {} else {})", number, booleans(less), number),
        _join("{}[{}]", lists(less), number),
        _join("({} {} {})", number, _of("and", "or"), number),
        _join("bb.get('{}', {})", _of("i", "gone"), number),
    )


def texts(depth: int) -> Text:
    """Return expressions that are mostly text."""
    leaf = st.one_of(_of("s", "t", "ws[0]", "ws[-1]"), TEXTS.map(repr))
    if depth == 0:
        return leaf
    text, less = texts(depth - 1), depth - 1
    bound = st.one_of(numbers(0), _of("", "None", "-1", "1"))
    return st.one_of(
        leaf,
        _join("({} + {})", text, text),
        _join("({} * {})", text, st.integers(-2, 5).map(str)),
        _join("(b * {})", text),
        _join("{}[{}]", text, numbers(0)),
        _join("{}[{}:{}]", text, bound, bound),
        _join("str({})", anything(less)),
        _join("({} if {} else {})", text, booleans(less), text),
        _join("({} {} {})", text, _of("and", "or"), anything(less)),
        _join("{}({}, {})", _of("min", "max"), text, text),
    )


def lists(depth: int) -> Text:
    """Return expressions that are mostly lists."""
    leaf = _of("xs", "ws", "mixed", "[]", "[1, 2.5, True]", "['b', 'a']")
    if depth == 0:
        return leaf
    one, less = lists(depth - 1), depth - 1
    return st.one_of(
        leaf,
        st.lists(anything(less), max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        _join("({} + {})", one, one),
        _join("({} * {})", one, st.integers(-1, 3).map(str)),
        _join("{}[{}:]", one, numbers(0)),
        _join("sorted({})", one),
    )


def booleans(depth: int) -> Text:
    """Return expressions that are mostly true or false."""
    leaf = _of("b", "true", "False", "has('i')", "has('gone')", "none is None", "s is not None")
    if depth == 0:
        return leaf
    less = depth - 1
    truth, number, text, any_ = booleans(less), numbers(less), texts(less), anything(less)
    return st.one_of(
        leaf,
        _join("{} {} {}", number, _comparison, number),
        _join("({} {} {} {} {})", number, _comparison, number, _comparison, number),
        _join("({} {} {})", text, _comparison, text),
        _join("({} {} {})", lists(less), _comparison, lists(less)),
        _join("({} {} {})", any_, _of("==", "!="), any_),
        _join("({} {} {})", any_, _of("in", "not in"), lists(less)),
        _join("({} in ({}, {}))", any_, any_, any_),
        _join("({} {} {})", text, _of("in", "not in"), st.one_of(text, _of("d"))),
        _join("(not {})", truth),
        _join("({} {} {})", truth, _of("and", "or"), truth),
        _join("{}({})", _of("any", "all", "bool"), lists(less)),
        _join("(({}) is {})", any_, _of("None", "not None")),
    )


def anything(depth: int) -> Text:
    """Return expressions of any kind, a few of them wrong."""
    kinds = [numbers(depth), texts(depth), booleans(depth), lists(depth), _of("d", "none", "gone")]
    if depth > 0:
        some = anything(depth - 1)
        kinds += [
            _join("({} {} {})", some, _of("+", "-", "/", "//", "<", ">=", "and", "or", "in"), some),
            _join("{}[{}]", _of("d", "xs", "s", "mixed", "none"), some),
            _join("{}({})", _of("abs", "len", "min", "sum", "any", "sorted", "bool"), some),
            _join("{{'a': {}, 'b': {}}}", some, some),
            _join("{{'a': {}, str({}): 1}}['a']", some, some),
        ]
    return st.one_of(kinds)


EXPRESSIONS = st.one_of(
    [kind(depth) for depth in (1, 2, 3) for kind in (numbers, texts, booleans, anything)]
)

# Small numbers only: `9 ** 9 ** 9` would keep Python busy for ever.
TOKENS = st.lists(
    st.sampled_from(
        [
            *("i", "f", "b", "s", "xs", "d", "none", "gone", "robot.battery", "has('i')"),
            *("0", "1", "2", "3", "1.5", "'a'", "''", "True", "null", "bb['f']", "bb.get('i')"),
            *("+", "-", "*", "/", "//", "%", "**", "<", "<=", "==", "!=", ">", "in", "is", "None"),
            *("not", "not", "and", "or", "if", "else", "(", ")", ")", ")", "[", "]", "{", "}"),
            *("abs(", "len(", "min(", "round(", "str(", "sum(", "sorted(", "any(", "int("),
            *(",", ":", "[0]", "[1:]", "(1,2)", "[1,2]", "{'a':1}", "#", "\n", "\\\n"),
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
