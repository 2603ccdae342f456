"""Makes a failing case of a seeded generator as simple as a person would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.oracle.cases import Case, Document, TickInput, node, numbered


def simplest(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Return a case that still fails and that no single step makes simpler."""
    while True:
        for simpler in _simpler(case):
            if fails(simpler):
                case = simpler
                break
        else:
            return case


def _simpler(case: Case) -> Iterator[Case]:
    for definition in _smaller(case.definition):
        yield replace(case, definition=numbered(definition))
    for place in reversed(range(len(case.ticks))):
        yield replace(case, ticks=case.ticks[:place] + case.ticks[place + 1 :])
    for place, tick in enumerate(case.ticks):
        for plainer in _plainer(tick):
            yield replace(case, ticks=(*case.ticks[:place], plainer, *case.ticks[place + 1 :]))


def _smaller(document: Document) -> Iterator[Document]:
    children = document.get("children", [])
    yield from children
    if document["node_type"] != "Success":
        yield node("Success")
    for place, child in enumerate(children):
        rest = [*children[:place], *children[place + 1 :]]
        yield {**document, "children": rest}
        for smaller in _smaller(child):
            yield {**document, "children": [*children[:place], smaller, *children[place + 1 :]]}
    answers = document.get("config", {}).get("answers", [])
    for place in range(len(answers) if len(answers) > 1 else 0):
        fewer = [*answers[:place], *answers[place + 1 :]]
        yield {**document, "config": {**document["config"], "answers": fewer}}


def _plainer(tick: TickInput) -> Iterator[TickInput]:
    for key in tick.updates:
        if key != "tick":
            yield replace(tick, updates={k: v for k, v in tick.updates.items() if k != key})
    if tick.overrides:
        yield replace(tick, overrides=())
    if any(tick.results):
        yield replace(tick, results=())
