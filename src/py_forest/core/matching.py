"""Which node of one definition is which of another."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from py_forest.core.diff_nodes import TreeNode


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """The outcome of `match`; who is matched with whom stands in the nodes themselves.

    Args:
        moved: indexes of new nodes that stand elsewhere than their partners.
    """

    moved: frozenset[int]

    def alone_below(self, node: TreeNode, nodes: list[TreeNode]) -> int:
        """Count the nodes without a partner that hang below one, by nodes without a partner."""
        count, stack = 0, list(node.children)
        while stack:
            child = nodes[stack.pop()]
            if child.partner is None:
                count += 1
                stack.extend(child.children)
        return count


def match(olds: list[TreeNode], news: list[TreeNode]) -> Matching:
    """Match the nodes of two definitions, and find out which of them moved.

    Args:
        olds: the nodes before; their `partner` is set.
        news: the nodes after; their `partner` is set.
    """
    matcher = _Matcher(olds, news)
    matcher.run()
    return Matching(frozenset(_moved(olds, news)))


class _Matcher:
    def __init__(self, olds: list[TreeNode], news: list[TreeNode]) -> None:
        self._olds, self._news = olds, news
        self._waiting: deque[tuple[TreeNode, TreeNode]] = deque()

    def run(self) -> None:
        """Match from the surest sign to the weakest; what is matched helps its children at once."""
        self._pair_off(self._olds, self._news, lambda node: node.node_id or None)
        roots = [node for node in self._olds if node.parent < 0]
        new_roots = [node for node in self._news if node.parent < 0]
        self._pair_off(roots, new_roots, lambda node: (node.body, node.node_type, node.name))
        self._descend()
        self._pair_off(
            self._olds, self._news, lambda node: node.digest if node.is_telling else None
        )
        self._descend()
        self._pair_off_unique()
        self._descend()
        self._pair_off(roots, new_roots, lambda node: (node.body,) if not node.node_id else None)
        self._descend()

    def _descend(self) -> None:
        """Match the children of matched nodes, and theirs, and so on."""
        while self._waiting:
            old, new = self._waiting.popleft()
            befores = [self._olds[child] for child in old.children]
            afters = [self._news[child] for child in new.children]
            self._pair_off(befores, afters, lambda node: node.digest)
            self._pair_off(befores, afters, lambda node: (node.node_type, node.name))
            # Two ids that were written and differ speak against weaker signs.
            self._pair_off(
                befores, afters, lambda node: None if node.node_id else node.name or None
            )
            self._pair_off(befores, afters, lambda node: None if node.node_id else node.node_type)

    def _pair_off(
        self,
        befores: Iterable[TreeNode],
        afters: Iterable[TreeNode],
        key: Callable[[TreeNode], Hashable | None],
    ) -> None:
        """Match nodes of equal keys in their order; None is equal to nothing."""
        waiting: dict[Hashable, deque[TreeNode]] = defaultdict(deque)
        for old in befores:
            if old.partner is None and (old_key := key(old)) is not None:
                waiting[old_key].append(old)
        if not waiting:
            return
        for new in afters:
            if new.partner is None and (queue := waiting.get(key(new))):
                self._pair(queue.popleft(), new)

    def _pair_off_unique(self) -> None:
        """Match nodes whose name and type nobody else has who is still to be matched."""
        sides = []
        for nodes in (self._olds, self._news):
            named: dict[Hashable, list[TreeNode]] = defaultdict(list)
            for node in nodes:
                if node.partner is None and node.name:
                    named[node.node_type, node.name].append(node)
            sides.append(named)
        for key, found in sides[0].items():
            others = sides[1].get(key, ())
            if len(found) == len(others) == 1:
                self._pair(found[0], others[0])

    def _pair(self, old: TreeNode, new: TreeNode) -> None:
        old.partner, new.partner = new.index, old.index
        self._waiting.append((old, new))


def _moved(olds: list[TreeNode], news: list[TreeNode]) -> Iterable[int]:
    for new in news:
        if new.partner is not None and not _has_same_parent(olds[new.partner], new, olds):
            yield new.index
        if new.partner is not None and len(new.children) > 1:
            yield from _out_of_order(new, olds, news)


def _has_same_parent(old: TreeNode, new: TreeNode, olds: list[TreeNode]) -> bool:
    if old.parent < 0 or new.parent < 0:
        return old.parent == new.parent and old.body == new.body
    return olds[old.parent].partner == new.parent


def _out_of_order(parent: TreeNode, olds: list[TreeNode], news: list[TreeNode]) -> list[int]:
    """Return the fewest children that must have moved for the others to keep their order.

    Source: patience sorting; the longest increasing run of old positions stays where it is.
    """
    stayed = [
        (olds[partner].position, child)
        for child in parent.children
        if (partner := news[child].partner) is not None and olds[partner].parent == parent.partner
    ]
    tails: list[int] = []
    lengths: list[int] = []
    for position, _ in stayed:
        length = bisect_left(tails, position)
        tails[length : length + 1] = [position]
        lengths.append(length)
    kept: set[int] = set()
    wanted = len(tails) - 1
    for (_, child), length in zip(reversed(stayed), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(child)
            wanted -= 1
    return [child for _, child in stayed if child not in kept]
