"""Facts that wait in the inbox until the desk looks change no decision and no verdict (performance.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.books import promises
from domain.decisive import WATCHED_PACKAGES, is_decisive
from domain.facts import Fact, TrackingNumber, parse
from domain.holds import EffectState
from domain.inside import Asked, EffectDone
from domain.manual.answers import refusal
from domain.manual.decide import decide
from domain.manual.looking import must_look
from domain.policy import STANDARD, CaseKind
from domain.recording import Letter
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.histories import History, News
from tests.rules.story import running, the_party_does_it
from workflows.outcomes import done

HISTORIES = 80
CHUNK = 20
ANSWERED_AFTER = timedelta(minutes=3)
LATEST = timedelta(days=30)
INQUIRIES = frozenset({CaseKind.LOGISTICS_STALLED, CaseKind.LOGISTICS_DELAY})


class Desk:
    """A desk whose parties answer after three minutes. It hears every fact at once."""

    def __init__(self, history: History) -> None:
        """Place the order."""
        self.order = open_order(history.given)
        self.now = history.given.received_at
        self.until = history.news[-1].received_at + LATEST
        self.letters: list[Letter] = []
        self.unfit: set[str] = set()
        self.turn()

    def lives(self, news: list[News]) -> None:
        """Hear the news as they come, and wait until nothing happens any more."""
        for received_at, fact in news:
            self.waits(received_at)
            self.hears(fact)
        self.waits(self.until)

    def hears(self, fact: Fact) -> None:
        """A fact arrives; requests are judged first."""
        if not (isinstance(fact, Asked) and refusal(self.order, fact.ask)):
            self.turn(fact)
            if any(odd.id == fact.id for odd in self.order.unmatched):
                self.unfit.add(fact.id)

    def waits(self, until: datetime) -> None:
        """Until a moment, the clocks ring and the parties answer."""
        while self.next_at is not None and self.next_at <= until and not self.order.final:
            self.now = max(self.now, self.next_at)
            self.turn(*(self._answer(effect) for effect in self._answered()))
        self.now = max(self.now, until)

    def turn(self, *facts: Fact) -> None:
        """One turn of the loop."""
        for fact in facts:
            self.order = after(self.order, fact)
        decision = decide(self.order, self.now)
        self.order = decision.order
        self.letters += decision.letters
        moments = [effect.since + ANSWERED_AFTER for effect in running(self.order)]
        moments += [decision.next_due.at] if decision.next_due else []
        self.next_at = min(moments, default=None)

    def _answered(self) -> list[EffectState]:
        return [effect for effect in running(self.order) if effect.since + ANSWERED_AFTER <= self.now]

    def _answer(self, effect: EffectState) -> EffectDone:
        outcome = the_party_does_it(self.order, effect)
        assert outcome is not None
        return done(effect, outcome, self.now)

    def decided(self) -> dict[str, Any]:
        """Everything the desk decided, and when."""
        order = self.order
        return {
            "stage": order.stage,
            "effects": {effect.key: (effect.since, effect.done_at) for effect in order.effects},
            "letters": {letter.key: letter.params for letter in self.letters},
            "cases": order.cases,
            "tasks": order.tasks,
            "clocks": promises(order, self.now),
        }


class LazyDesk(Desk):
    """A desk that is woken by decisive facts only; the others wait until it looks."""

    def __init__(self, history: History) -> None:
        """Nothing waits yet."""
        self.waiting: list[Fact] = []
        self.waited = 0
        super().__init__(history)

    def hears(self, fact: Fact) -> None:
        """What decides nothing waits."""
        if isinstance(fact, Asked) or is_decisive(fact, watched=self._watched()):  # type: ignore[arg-type]  # a parsed fact
            super().hears(fact)
        else:
            self.waiting.append(fact)
            self.waited += 1

    def turn(self, *facts: Fact) -> None:
        """Whoever is woken by a fact, or about to call a parcel silent, reads what waits first."""
        outside = any(not isinstance(fact, EffectDone) for fact in facts)
        if outside or must_look(self.order, self.now):
            waiting, self.waiting = self.waiting, []
            facts = (*waiting, *facts)
        super().turn(*facts)

    def _watched(self) -> bool:
        return any(case.kind in INQUIRIES for case in self.order.open_cases) or any(
            package.state in WATCHED_PACKAGES for package in self.order.packages
        )


@pytest.mark.clause("SR-031", "SR-124")
@pytest.mark.parametrize(
    "first", [0, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(CHUNK, HISTORIES, CHUNK))]
)
def test_hearing_only_decisive_facts_decides_the_same(first: int) -> None:
    waited = 0
    for seed in range(first, first + CHUNK):
        history = _without_transit(History(seed)) if seed % 2 else History(seed)
        news = _plausible(history)
        usual, lazy = Desk(history), LazyDesk(history)
        usual.lives(news)
        lazy.lives(news)
        assert lazy.decided() == usual.decided(), f"history {seed}"
        waited += lazy.waited
    assert waited > CHUNK, "histories without facts that wait prove nothing"


def _without_transit(history: History) -> History:
    """No day is promised by the policy, so that the carrier's first estimate is the promise (A-16)."""
    history.given = history.given.having(policy=STANDARD.having(transit=None))
    for number, news in enumerate(list(history.news)):
        if isinstance(news.fact, TrackingNumber):
            at = news.received_at + history.near(6)
            named = {"tracking_number": news.fact.tracking_number, "estimated_at": at + history.near(20)}
            times = {"occurred_at": at, "received_at": at}
            estimate = parse({"id": f"estimate{number}", "kind": "delivery_estimated", **named, **times})
            history.news.append(News(at, estimate))
    history.news.sort(key=lambda each: each.received_at)
    return history


def _plausible(history: History) -> list[News]:
    """The outside's news: a warehouse speaks of what it was given, a carrier of parcels it was told of."""
    news = [each for each in history.news if not isinstance(each.fact, EffectDone)]
    scout = Desk(history)
    scout.lives(news)
    return [each for each in news if each.fact.id not in scout.unfit]
