"""The exhaustive search of the model, breadth first, and the search of a world in which one guard is gone (M2)."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from domain import transitions
from domain.order import Order
from domain.stage import Stage
from tests.rules import invariants
from tests.rules.model import Event, Start, State, happen, key
from tests.rules.rooms import begin, events

Key = tuple[Any, ...]
Trail = tuple[str, ...]


class Edge(NamedTuple):
    """One step of the search: where it led, and which guards said no while it was taken."""

    event: Event
    to: Key
    stages: tuple[Stage, Stage, Stage]
    refusing: frozenset[str]


class Node(NamedTuple):
    """One state, how it was reached, its steps, and which guards refused something else."""

    state: State
    path: Trail
    edges: tuple[Edge, ...]
    refusing: frozenset[str]


class Search(NamedTuple):
    """Everything that was found; ``complaints`` stay empty in a sound house."""

    start: Start
    first: Key
    nodes: dict[Key, Node]
    complaints: list[str]


class Frontier:
    """Who waits to be looked at, breadth first, the least odd lives first: who comes first has the most before him."""

    def __init__(self, waiting: Iterable[tuple[State, Trail]]) -> None:
        """Begin with these."""
        self._layers: dict[int, deque[tuple[Key, State, Trail]]] = {}
        self.seen: set[Key] = set()
        for state, trail in waiting:
            self.add(state, trail)

    def add(self, state: State, trail: Trail) -> Key:
        """One more waits, unless its like was looked at already."""
        at = key(state)
        if at not in self.seen:
            self._layers.setdefault(state.left, deque()).append((at, state, trail))
        return at

    def __iter__(self) -> Iterator[tuple[Key, State, Trail]]:
        """Everybody once, also who comes meanwhile."""
        while left := [left for left, layer in self._layers.items() if layer]:
            at, state, trail = self._layers[max(left)].popleft()
            if at not in self.seen:
                self.seen.add(at)
                yield at, state, trail


# -- the search ------------------------------------------------------------------------------------------------------


def explore(given: Start, *, first_only: bool = False) -> Search:
    """Every state that can be reached, and every complaint about it; or all until the first one."""
    heard: set[str] = set()
    with _listening(heard), _uncollected():
        start = begin(given)
        first, found = frozenset(heard), Search(given, key(start), {}, [])
        frontier = Frontier([(start, ())])
        for at, state, trail in frontier:
            found.complaints.extend(_of(state, trail))
            if first_only and found.complaints:
                break
            heard.clear()
            offered = list(events(state))
            refusing = frozenset(heard) | (first if at == found.first else frozenset())
            edges = []
            for event in offered:
                heard.clear()
                following, path = happen(state, event), (*trail, event.said)
                refused = frozenset(heard)
                edges.append(Edge(event, frontier.add(following, path), _stages(state, following), refused))
                found.complaints.extend(_between(state, event, following, path))
            found.nodes[at] = Node(state, trail, tuple(edges), refusing)
    return found


def _stages(before: State, following: State) -> tuple[Stage, Stage, Stage]:
    return before.order.stage, following.told, following.order.stage


def _of(state: State, trail: Trail) -> Iterator[str]:
    for complaint in invariants.of_state(state.order, state.now, state.decision):
        yield f"{complaint} after {trail}"


def _between(before: State, event: Event, following: State, trail: Trail) -> Iterator[str]:
    for complaint in invariants.of_step(before.order, following.order, event.name):
        yield f"{complaint} after {trail}"


@contextmanager
def _listening(heard: set[str]) -> Iterator[None]:
    """Write down which guards say no."""

    def told(name: str, guard: transitions.Guard) -> transitions.Guard:
        def ask(order: Order) -> bool:
            if guard(order):
                return True
            heard.add(name)
            return False

        return ask

    with pytest.MonkeyPatch.context() as patch:
        for name, guard in list(transitions.GUARDS.items()):
            patch.setitem(transitions.GUARDS, name, told(name, guard))
        yield


@contextmanager
def _uncollected() -> Iterator[None]:
    """Everything that is found is kept: looking for garbage in it, now or later, costs a third of the search."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


# -- a world without a guard -----------------------------------------------------------------------------------------


def counterexample(found: Search, guard: str) -> str:
    """The first complaint of a world in which ``guard`` always holds; empty where nobody misses it.

    Where a guard never said no, that world is the one already searched: the search goes on only from where it did.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(transitions.GUARDS, guard, lambda _: True)
        frontier = Frontier(_differing(found, guard))
        for _, state, trail in frontier:
            if len(frontier.seen) > PATIENCE:
                break
            for event in events(state):
                following, path = happen(state, event), (*trail, event.said)
                complaints = (*_between(state, event, following, path), *_of(following, path))
                if complaints:
                    return complaints[0]
                frontier.add(following, path)
    return ""


PATIENCE = 1_500
"""So many states a world without a guard may show before somebody has to miss it."""


def _differing(found: Search, guard: str) -> Iterator[tuple[State, Trail]]:
    """The states that this world shares with the searched one, and in which the guard said no to something."""
    first = found.nodes[found.first]
    if guard in first.refusing:
        yield begin(found.start), ()
        return
    reached, waiting = {found.first}, deque([found.first])
    while waiting:
        node = found.nodes[waiting.popleft()]
        if guard in node.refusing or any(guard in edge.refusing for edge in node.edges):
            yield node.state, node.path
        for edge in node.edges:
            if guard not in edge.refusing and edge.to not in reached:
                reached.add(edge.to)
                waiting.append(edge.to)


# -- ends ------------------------------------------------------------------------------------------------------------


def dead_ends(found: Search) -> list[Trail]:
    """The paths to states from which no final one can be reached."""
    sources: dict[Key, set[Key]] = {}
    for at, node in found.nodes.items():
        for edge in node.edges:
            sources.setdefault(edge.to, set()).add(at)
    living = {at for at, node in found.nodes.items() if node.state.order.final}
    waiting = deque(living)
    while waiting:
        for source in sources.get(waiting.popleft(), set()) - living:
            living.add(source)
            waiting.append(source)
    return [node.path for at, node in found.nodes.items() if at not in living]
