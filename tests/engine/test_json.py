"""The native JSON reader and writer, with the standard library's as their oracle."""

from __future__ import annotations

import enum
import gc
import json
import math
import pickle
import struct
import sys
from collections import OrderedDict, namedtuple
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_forest.engine import _native
from py_forest.engine._native import JsonError, dump_json, parse_json

INT64 = st.integers(-(2**63), 2**63 - 1)
SCALARS = (
    st.none() | st.booleans() | INT64 | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
PIECES = [
    *'{}[],:"\\\n\x01é.',
    *('"a"', '"b"', "1", "-0", "1.5e3", "01", "e5", "true", "nul", "\\u00e9"),
]
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30
)


class Colour(enum.IntEnum):
    RED = 1


class Mode(enum.StrEnum):
    FAST = "fast"


def compact(document: object, *, sort_keys: bool = False) -> bytes:
    text = json.dumps(
        document, ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=sort_keys
    )
    return text.encode()


def refused(
    text: bytes | str,
    *,
    max_depth: int = 4096,
    max_string: int = 1 << 20,
    max_bytes: int = 512 << 20,
) -> JsonError:
    with pytest.raises(JsonError) as info:
        parse_json(text, max_depth=max_depth, max_string=max_string, max_bytes=max_bytes)
    return info.value


@given(DOCUMENTS)
def test_reads_what_the_standard_library_writes(document: object) -> None:
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=1)):
        for form in (text, text.encode()):
            again = parse_json(form)
            assert again == document
            assert repr(again) == repr(document)


@given(DOCUMENTS)
def test_writes_what_the_standard_library_writes(document: object) -> None:
    assert dump_json(document) == compact(document)
    assert dump_json(document, sort_keys=True) == compact(document, sort_keys=True)
    indented = json.dumps(document, ensure_ascii=False, indent=3)
    assert dump_json(document, indent=3) == indented.encode()


@given(st.binary(max_size=8).map(lambda b: b.ljust(8, b"\0")))
def test_floats_are_written_as_python_writes_them(bits: bytes) -> None:
    (number,) = struct.unpack("<d", bits)
    if math.isfinite(number):
        assert dump_json(number).decode() == repr(number)
        assert repr(parse_json(repr(number))) == repr(number)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_accepts_what_the_standard_library_accepts(parts: list[str]) -> None:
    text = "".join(parts)

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        expected = json.loads(text, object_pairs_hook=unique)
    except ValueError:
        error = refused(text)
        assert 0 <= error.offset <= len(text.encode())
    else:
        assert repr(parse_json(text)) == repr(expected)


def test_an_error_says_where_and_why() -> None:
    error = refused('{\n  "é": [1, 2}')
    assert isinstance(error, ValueError)
    assert error.message == "expected a comma or `]` after an array item; found `}`"
    assert (error.line, error.column, error.offset) == (2, 13, 15)
    assert str(error) == f"line 2, column 13: {error.message}"


def test_an_error_survives_pickling() -> None:
    error = refused("[")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (str(again), again.message, again.column) == (str(error), error.message, error.column)


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ('{"a": 1, "a": {}}', 'the object that began at line 1, column 1 has the key "a" twice', 9),
        ('{"a": {}, "b": 1, "a": []}', 'the object that began at line 1, column 1 has the key "a"'
         " twice", 18),
        ("[NaN]", "expected a value; found `NaN` (a number must be finite)", 1),
        ("1e400", "the number 1e400 is too large for a 64-bit float", 0),
        (b'"\xc0\x80"', "a string must be valid UTF-8; found the byte 0xc0, which is not UTF-8", 1),
        (r'"\ud800"', r"`\ud800` is half of a surrogate pair and has no second half after it", 1),
        ("", "expected a value; found the end of the text", 0),
    ],
)  # fmt: skip
def test_refuses(text: bytes | str, message: str, offset: int) -> None:
    error = refused(text)
    assert error.message == message
    assert error.offset == offset


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**400])
def test_refuses_integers_outside_64_bits(number: int) -> None:
    assert "outside the 64-bit range" in refused(json.dumps(number)).message
    with pytest.raises(ValueError, match=r"outside the 64-bit range \(at /a/1\)"):
        dump_json({"a": [1, number]})


def test_a_str_with_half_a_surrogate_pair_is_a_json_error() -> None:
    error = refused('[\n "é", "\ud800"]')
    assert error.message == "this character is half of a surrogate pair"
    assert (error.line, error.column, error.offset) == (2, 8, 10)


def test_a_byte_order_mark_is_skipped() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]
    assert parse_json("\ufeff[1]") == [1]
    assert refused("\ufeff[1}").column == 3


def test_comments_and_trailing_commas_need_asking_for() -> None:
    text = '// one\n{"a": [1, /* two */], }'
    assert parse_json(text, comments=True) == {"a": [1]}
    assert "comments are not allowed" in refused(text).message
    assert "no trailing commas" in refused("[1,]").message


def test_limits() -> None:
    assert parse_json("[[]]", max_depth=2) == [[]]
    assert refused("[[]]", max_depth=1).offset == 1
    assert refused("[" * 5000).message == "more than 4096 arrays and objects inside one another"
    assert parse_json('"abc"', max_string=3) == "abc"
    assert refused('["abcd"]', max_string=3).offset == 1
    assert refused('"' + "a" * (1 << 20) + 'a"').offset == 0
    assert refused("[1, 2]", max_bytes=5).message == "the text has 6 bytes; at most 5 are allowed"


def test_only_texts_are_read() -> None:
    for other in (None, 1, bytearray(b"1"), ["1"]):
        with pytest.raises(TypeError):
            parse_json(other)  # type: ignore[arg-type]


def test_repeated_short_strings_are_shared() -> None:
    nodes = parse_json('[{"node_type": "Wait"}, {"node_type": "Wait"}]')
    assert isinstance(nodes, list)
    first, second = nodes
    assert next(iter(first)) is next(iter(second))
    assert first["node_type"] is second["node_type"]


@given(st.lists(st.text(alphabet="abé€😀", max_size=20), max_size=600, unique=True))
def test_shared_strings_are_never_confused(names: list[str]) -> None:
    assert parse_json(json.dumps([names, dict.fromkeys(names, 1)])) == [
        names,
        dict.fromkeys(names, 1),
    ]


def test_the_collector_stays_as_it_was() -> None:
    parse_json("[]")
    refused("[")
    assert gc.isenabled()
    gc.disable()
    try:
        parse_json("[]")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_subclasses_are_written_as_what_they_are() -> None:
    class Text(str):
        def __str__(self) -> str:
            return "not this"

    Point = namedtuple("Point", ["x", "y"])
    document = {
        "int": Colour.RED,
        "str": Mode.FAST,
        "text": Text("kept"),
        "dict": OrderedDict(b=1, a=2),
        "tuple": Point(1, 2.5),
        Mode.FAST: [True, None],
    }
    assert dump_json(document) == (
        b'{"int":1,"str":"fast","text":"kept","dict":{"b":1,"a":2},"tuple":[1,2.5],'
        b'"fast":[true,null]}'
    )


def test_keys_are_sorted_by_code_point() -> None:
    keys = ["\U0001f600", "\uffff", "é", "b", "B", "", "aa", "a"]
    text = dump_json({key: {"z": 1, "y": 2} for key in keys}, sort_keys=True)
    assert list(json.loads(text)) == sorted(keys)
    assert b'{"y":2,"z":1}' in text


@pytest.mark.parametrize("sort_keys", [False, True])
@pytest.mark.parametrize(
    ("document", "kind", "message"),
    [
        ({1, 2}, TypeError, "a set is not a JSON value"),
        ([{"a/b": [0, object()]}], TypeError, "an object is not a JSON value (at /0/a~1b/1)"),
        ({"x": {1: 2}}, TypeError, "a key must be a str, yet one is an int (at /x)"),
        ({"x": math.nan}, ValueError, "NaN is not a JSON value (at /x)"),
        ((1, -math.inf), ValueError, "infinity is not a JSON value (at /1)"),
        (["\ud800"], ValueError, "the string holds half of a surrogate pair (at /0)"),
        ([{"\ud800": 1}], ValueError, "a key holds half of a surrogate pair (at /0)"),
        ({"d": Decimal(1)}, TypeError, "a Decimal is not a JSON value (at /d)"),
        ({"b": b"x"}, TypeError, "a bytes is not a JSON value (at /b)"),
    ],
)
def test_refuses_to_write(
    document: object, kind: type[Exception], message: str, sort_keys: bool
) -> None:
    with pytest.raises(kind) as info:
        dump_json(document, sort_keys=sort_keys)
    assert str(info.value) == message
    assert type(info.value) is kind


def test_cycles_are_refused_before_they_fill_the_memory() -> None:
    big = "x" * 1_000_000
    direct: list[object] = [big]
    direct.append(direct)
    ring: dict[str, object] = {"big": big}
    ring["next"] = {"a": [1, {"b": (ring,)}]}
    late: object = ring
    for _ in range(20):
        late = [late]
    for document in (direct, ring, late):
        with pytest.raises(ValueError, match="nested too deep or cyclic"):
            dump_json(document)
    direct.clear()
    ring.clear()


def test_the_same_object_twice_is_no_cycle() -> None:
    shared: dict[str, object] = {}
    document: object = shared
    for _ in range(10):
        document = [document, shared, document]
    assert json.loads(dump_json(document)) == document


def nested(depth: int) -> list[object]:
    document: list[object] = []
    for _ in range(depth - 1):
        document = [document]
    return document


def test_depth_costs_no_stack() -> None:
    deep = nested(100_000)
    text = dump_json(deep)
    assert text == b"[" * 100_000 + b"]" * 100_000
    assert dump_json(parse_json(text, max_depth=100_000)) == text
    with pytest.raises(ValueError, match="nested too deep or cyclic") as info:
        dump_json(nested(100_001))
    assert len(str(info.value)) < 300


def test_a_text_of_many_chunks_is_whole() -> None:
    document = [{"index": i, "text": "é" * (i % 50)} for i in range(20_000)]
    assert dump_json(document) == compact(document)


@pytest.mark.parametrize("indent", [-1, 65])
def test_indent_has_bounds(indent: int) -> None:
    with pytest.raises(ValueError, match="indent"):
        dump_json([], indent=indent)


def test_nothing_is_leaked() -> None:
    key, value = "key of the leak test", "value of the leak test, which is longer than a slot"
    document = {key: [value, 1.5, {"a": value}], "n": 10**15}
    text = dump_json(document)
    broken = [text[:-1], text[:40], b"[" + text + b"," + text + b", nope]", b'{"a":1,"a":2}']

    def work() -> None:
        parse_json(text)
        dump_json(document, sort_keys=True)
        for bad in broken:
            refused(bad)
        with pytest.raises(TypeError):
            dump_json([document, {"x": {key}}])

    work()
    gc.collect()
    before = sys.getrefcount(key), sys.getrefcount(value), sys.getrefcount(None)
    blocks = sys.getallocatedblocks()
    for _ in range(200):
        work()
    gc.collect()
    after = sys.getrefcount(key), sys.getrefcount(value), sys.getrefcount(None)
    assert abs(after[2] - before[2]) < 100
    assert after[:2] == before[:2]
    assert abs(sys.getallocatedblocks() - blocks) < 200


def test_the_module_offers_the_error() -> None:
    assert _native.JsonError is JsonError
    assert JsonError.__module__ == "py_forest.engine._native"
