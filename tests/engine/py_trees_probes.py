"""Two behaviours as people write them for py_trees."""

from __future__ import annotations

from py_trees.behaviour import Behaviour
from py_trees.common import Access
from py_trees.common import Status as TreeStatus


class Probe(Behaviour):
    """Answers what its queue says and writes down everything that happens to it."""

    def __init__(self, name: str, answers: str, calls: list[str]) -> None:
        super().__init__(name)
        self.answers = list(answers)
        self.calls = calls

    def setup(self, **kwargs: object) -> None:  # noqa: ARG002
        self.calls.append(f"{self.name}.setup")

    def initialise(self) -> None:
        self.calls.append(f"{self.name}.initialise")

    def update(self) -> TreeStatus:
        self.calls.append(f"{self.name}.update")
        answer = self.answers.pop(0)
        if answer == "!":
            raise RuntimeError("broken")
        return {s.name[0]: s for s in TreeStatus}[answer]

    def terminate(self, new_status: TreeStatus) -> None:
        self.calls.append(f"{self.name}.terminate({new_status.name})")

    def shutdown(self) -> None:
        self.calls.append(f"{self.name}.shutdown")


class Counter(Behaviour):
    """Adds `step` to `total` on the blackboard, as many py_trees behaviours do."""

    def __init__(self, name: str, enough: int = 3) -> None:
        super().__init__(name)
        self.enough = enough
        self.board = self.attach_blackboard_client(name=name)
        self.board.register_key("step", Access.READ)
        self.board.register_key("total", Access.WRITE)

    def update(self) -> TreeStatus:
        total = (self.board.total if self.board.exists("total") else 0) + self.board.step
        self.board.total = total
        self.feedback_message = f"at {total}"
        return TreeStatus.SUCCESS if total >= self.enough else TreeStatus.RUNNING
