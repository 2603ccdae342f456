"""Small trees around Action nodes, and a leaf that writes its life down."""

from __future__ import annotations

from typing import Any

import py_forest as pf
from py_forest import Leaf, Registry, Status

R, S, F = Status.RUNNING, Status.SUCCESS, Status.FAILURE


def leaf(action: str, node_id: str = "leaf", **config: object) -> dict[str, Any]:
    return {
        "node_type": "Action",
        "node_id": node_id,
        "name": f"the {node_id}",
        "config": {"action": action, **config},
    }


def compiled(registry: Registry, root: dict[str, Any], **sections: object) -> pf.Program:
    return pf.compile({"root": root, **sections}, registry)


def start(registry: Registry, root: dict[str, Any], **sections: object) -> pf.Execution:
    return compiled(registry, root, **sections).start()


def guarded(child: dict[str, Any]) -> dict[str, Any]:
    """Run the child as long as `go` is true."""
    return {
        "node_type": "ReactiveSequence",
        "children": [{"node_type": "Condition", "config": {"expression": "go"}}, child],
    }


class Probe(Leaf):
    """Writes down everything that happens to it."""

    calls: list[str]
    answers: list[object]
    saved: object = None

    def setup(self) -> None:
        self.calls.append("setup")

    def initialise(self, target: str = "home") -> None:
        self.calls.append(f"initialise({target})")

    def update(self, level: int = 0) -> Status:
        self.calls.append(f"update({level})")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            # A fresh one: an exception remembers the frames it passed through.
            raise type(answer)(*answer.args)
        return answer  # type: ignore[return-value]

    def terminate(self, new_status: Status) -> None:
        assert isinstance(new_status, Status)
        self.calls.append(f"terminate({new_status.name})")

    def shutdown(self) -> None:
        self.calls.append("shutdown")


def probe(registry: Registry, *answers: object, name: str = "Probe") -> list[str]:
    """Register a probe; return the list of what happens to it."""
    calls: list[str] = []
    kind = type(name, (Probe,), {"calls": calls, "answers": list(answers)})
    registry.action(kind)
    return calls
