"""Running the command line in this process, as `main` does, on real files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from py_forest.cli import main

ROOT = Path(__file__).parents[2]
ORDERS = ROOT / "examples" / "orders"


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.out)


Cli = Callable[..., Ran]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return `cli("run", path, "--set", "x=1")`; `stdin=` is read, `columns=` is the width."""

    def run(*arguments: object, stdin: str | None = None, columns: int = 100) -> Ran:
        monkeypatch.setenv("COLUMNS", str(columns))
        if stdin is not None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    """Return `tree({...root...}, name="x.json", **sections)`, which writes a definition."""

    def write(root: dict[str, Any], name: str = "tree.json", **sections: object) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"root": root, **sections}))
        return path

    return write


@pytest.fixture
def orders() -> Path:
    return ORDERS / "order_processor.json"


@pytest.fixture
def orders_100() -> Path:
    return ORDERS / "order_processor_100.json"


@pytest.fixture
def orders_csv() -> Path:
    return ORDERS / "orders.csv"


@pytest.fixture
def few_orders(tmp_path: Path, orders_csv: Path) -> Path:
    """Return the first thousand orders, quicker to decide than all."""
    path = tmp_path / "few.csv"
    path.write_text("".join(orders_csv.read_text().splitlines(keepends=True)[:1_001]))
    return path
