"""The native engine of PyForest."""

from collections.abc import Callable, Mapping, Sequence

import py_forest.engine.blackboard
import py_forest.engine.program
import py_forest.engine.records
import py_forest.engine.reload
import py_forest.models.status


class JsonError(ValueError):
    """
    A text is not JSON: `message` says why, `line` and `column` (from 1, in code points) and
    `offset` (from 0, in bytes of UTF-8) say where.
    """

    message: str = ''

    line: int = 0

    column: int = 0

    offset: int = 0

def parse_json(text: bytes | str, *, comments: bool = False, max_depth: int = 4096, max_string: int = 1048576, max_bytes: int = 536870912) -> object:
    """
    Read a strict JSON text, or one with comments and trailing commas.

    Args:
        text: UTF-8 bytes, or a str.
        comments: Allow `//` and `/* */` comments and trailing commas.
        max_depth: Arrays and objects inside one another.
        max_string: UTF-8 bytes of one string or key.
        max_bytes: UTF-8 bytes of the whole text.

    Returns:
        A dict, list, str, int, float, bool or None.

    Raises:
        JsonError: The text is not JSON, has a key twice in one object, an integer outside
            64 bits, a number too large for a float, or exceeds a limit.
    """

def dump_json(obj: object, *, sort_keys: bool = False, indent: int = 0) -> bytes:
    """
    Write a Python object as JSON in UTF-8.

    With `sort_keys` and no `indent` the text is canonical: equal documents give equal bytes.

    Args:
        obj: A dict with str keys, list, tuple, str, int, float, bool or None, or a subclass.
        sort_keys: Sort the keys of every object by code point.
        indent: Spaces per level, at most 64; 0 for the compact form.

    Raises:
        TypeError: Something in `obj` has no form in JSON.
        ValueError: An integer exceeds 64 bits, a float is not finite, a str holds half of a
            surrogate pair, or `obj` is nested too deep or cyclic.
    """

class ExpressionFailure(ValueError):
    """
    An expression has no value. `kind` is syntax, missing, type, zero_division, overflow, index,
    key, value or limit; `message` says why. A missing key is named by `name`; wrong syntax has
    an `offset` in bytes of UTF-8 and perhaps a `suggestion`, which is what to write instead.
    """

    kind: str = ''

    message: str = ''

    name: str = ''

    offset: int = -1

    suggestion: str = ''

class ExpressionInfo:
    """What is known of an expression or a script."""

    @property
    def reads(self) -> list[str]:
        """
        The keys that are read, each once; of a script those that it does not set first.
        """

    @property
    def writes(self) -> list[str]:
        """The keys that a script sets, each once."""

    @property
    def constant(self) -> bool:
        """Whether nothing is read."""

    @property
    def value(self, /) -> object:
        """The value of a constant expression, otherwise None."""

    @property
    def failure(self) -> str | None:
        """
        Why a constant expression has no value, as `1 / 0` has none; otherwise None.
        """

    @property
    def error(self) -> tuple[int, str, str | None] | None:
        """
        What is wrong with the text: the place in bytes of UTF-8, a sentence, and perhaps
        what to write instead. None where it is well.
        """

def check_expression(text: str, mode: str = "expression") -> ExpressionInfo:
    """
    Say what an expression, or with mode "script" a script, reads and writes, or what is
    wrong with it.
    """

def check_expressions(texts: list[str], mode: str = "expression") -> list[ExpressionInfo]:
    """Check many texts with one call."""

def evaluate_expression(text: str, values: dict[str, object]) -> object:
    """
    Compute the value of an expression over the values of keys.

    Raises:
        ExpressionFailure: the text is no expression, or it has no value.
    """

def evaluate_script(text: str, values: dict[str, object]) -> dict[str, object]:
    """
    Carry out a script over the values of keys and return what it sets.

    Raises:
        ExpressionFailure: the text is no script, or one of its expressions has no value.
    """

def explain_expression(text: str, values: dict[str, object]) -> list[tuple[str, object]]:
    """
    Return the texts of an expression's names, calls, subscripts and comparisons with their
    values, inner ones before outer ones and the whole last. A part without a value has the
    ExpressionFailure that evaluating it would raise.
    """

KINDS: dict[str, int]

class ProgramCore:
    """A compiled tree; `py_forest.engine.Program` wraps it."""

    @property
    def node_count(self) -> int: ...

    @property
    def depth(self) -> int: ...

    @property
    def node_ids(self) -> list[str]: ...

    @property
    def variables(self) -> list[str]:
        """Blackboard keys that the program declares or names."""

    @property
    def calls_outside(self) -> bool: ...

    def find_node(self, node_id: str) -> int | None: ...

    def parent_of(self, index: int) -> int | None: ...

    def children_of(self, index: int) -> list[int]: ...

    def reads_of(self, index: int) -> list[str]:
        """Keys that the node at `index` reads, as the outside names them."""

    def writes_of(self, index: int) -> list[str]:
        """
        Keys that the node at `index` writes by its definition, as the outside names them.
        """

def derive_id(parent: str, label: str, occurrence: int) -> str:
    """
    Id of a node that has none: stable as long as its parent, label and place among equal labels are.
    """

def build(nodes: list[tuple[int, int, int, str, dict[str, object]]], scopes: Sequence[tuple[int, object, str]], variables: list[tuple[str, str, bool, object, float | None, float | None, list[object] | None]], *, error_policy: str, program_hash: bytes, leaves: dict[int, tuple[object, ...]] | None = None) -> ProgramCore:
    """
    Compile a flat program; raises ValueError for what validation should have refused.
    """

class Outcome:
    """What one tick answered and changed."""

    @property
    def status(self) -> py_forest.models.status.Status:
        """The root's answer; INVALID only after `halt`."""

    @property
    def changed(self) -> dict[str, object]:
        """
        Keys that nodes gave another value in this tick; None for a removed one.
        """

    @property
    def unread(self) -> tuple[str, ...]:
        """Updates that no node of the program reads."""

    @property
    def record(self) -> bytes | None:
        """The tick's entry for a log; None when the execution does not record."""

    @property
    def errors(self) -> tuple[py_forest.engine.records.LeafFailure, ...]:
        """Leaves that failed by an error, in order."""

    @property
    def logs(self) -> tuple[tuple[str, str, str], ...]:
        """Node id, level and message of each Log node ticked."""

    @property
    def cancelled(self) -> tuple[str, ...]:
        """Ids of runs that were interrupted in flight."""

    @property
    def dropped(self) -> tuple[str, ...]:
        """Ids of results that came too late or belong to no run."""

    @property
    def undetermined(self) -> bool:
        """A replay reached a leaf that its log holds no answer for."""

    def __repr__(self) -> str: ...

def decode(core: ProgramCore, record: bytes) -> dict[str, object]: ...

class Execution:
    """
    One run of a program: its state, ticked from outside.

    Use one execution from one thread at a time; different executions of one program may run in different threads.
    """

    def tick(self, updates: Mapping[str, object] | None = None, now: float | None = None, results: Mapping[str, object] | None = None, overrides: Mapping[str, object] | None = None) -> Outcome:
        """
        Tick the tree once.

        Args:
            updates: blackboard keys to set before the tick.
            now: seconds since 1970 UTC; the wall clock when left out, never earlier than the
                last tick.
            results: answers of runs in flight, by run id: a Status, bool or Result; for a
                HumanDecision also the chosen option.
            overrides: node ids whose answer is forced to a status in this tick.

        Raises:
            TimeWentBackwards: `now` lies before the last tick's.
            ValueError: a value is no JSON or does not fit its declared key.
            ExecutionBusy: another thread, or a leaf of this tick, is ticking it.
            LeafError: a leaf failed by an error and the tree's error policy is `raise`; the
                tick has ended in order, its outcome is the error's `outcome`.
        """

    def halt(self) -> Outcome:
        """Interrupt whatever runs; every status becomes INVALID."""

    def statuses(self) -> dict[str, py_forest.models.status.Status]:
        """Status of every node by id, in pre-order."""

    def pending(self) -> list[py_forest.engine.records.PendingRun]:
        """
        Runs in flight outside: their results belong into a later tick's `results`.
        """

    def snapshot(self) -> bytes:
        """
        The whole state as bytes, for `Program.restore`.

        Raises:
            SnapshotRefused: a leaf cannot be saved while it runs.
        """

    def fork(self) -> Execution:
        """An independent copy with the same state."""

    def close(self) -> None:
        """
        Shut the leaves of classes down; the execution cannot be ticked any more.
        """

    def why(self, node_id: str) -> str:
        """Say in sentences why a node has its status."""

    def reload(self, program: py_forest.engine.program.Program, preserve_blackboard: bool = True) -> tuple[Execution, py_forest.engine.reload.ReloadReport]:
        """
        Go on with another program from the present state; this execution is closed.
        """

    def replay_record(self, record: bytes) -> Outcome:
        """Tick from a record's inputs and leaf answers."""

    def tick_with_answers(self, updates: Mapping[str, object] | None, now: float | None, results: Mapping[str, object] | None, overrides: Mapping[str, object] | None, answers: dict[str, object]) -> Outcome:
        """Tick with given Results of the leaves by node id; none is called."""

    def reload_core(self, program: object, core: ProgramCore, keep_blackboard: bool) -> tuple[Execution, dict[str, object]]: ...

    def memory_of(self, node_id: str) -> list[int]:
        """
        What a node remembers between ticks: its memory cells, as the nodes' headers name them.
        """

    def read_key(self, key: str, otherwise: object) -> object: ...

    def write_key(self, key: str, value: object) -> None: ...

    def unset_key(self, key: str) -> None: ...

    def blackboard_dict(self) -> dict[str, object]: ...

    @property
    def blackboard(self) -> py_forest.engine.blackboard.Blackboard:
        """The keys and values, to read and to write between ticks."""

    @property
    def program(self) -> py_forest.engine.program.Program: ...

    @property
    def header(self) -> bytes:
        """What a log of this execution's records begins with."""

    @property
    def tip(self) -> str | None:
        """Id of the node that made the root's answer."""

    @property
    def errors(self) -> tuple[py_forest.engine.records.LeafFailure, ...]:
        """
        Leaves that failed by an error in the last tick, without their exceptions.
        """

    @property
    def status(self) -> py_forest.models.status.Status:
        """The root's status."""

    @property
    def tick_count(self) -> int: ...

    @property
    def seed(self) -> int: ...

    @property
    def record(self) -> bool:
        """Whether ticks are recorded."""

    @property
    def now(self) -> float | None:
        """Time of the last tick in seconds since 1970 UTC."""

def start(core: ProgramCore, program: object, seed: int, record: bool, blackboard: dict[str, object] | None) -> Execution: ...

def restore(core: ProgramCore, program: object, blob: bytes) -> Execution: ...

def snapshot_in_header(header: bytes) -> bytes: ...

class ArrowTable:
    """
    A table of decisions; `pyarrow.table(t)`, `polars.DataFrame(t)` and their like take it without copying.
    """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

    @property
    def num_rows(self) -> int: ...

    def __len__(self) -> int: ...

    @property
    def column_names(self) -> list[str]: ...

def run_batch(core: ProgramCore, table: object, outputs: list[str], threads: int, now: float | None, seed: int, max_ticks: int, progress: Callable[[int], object] | None) -> ArrowTable: ...
