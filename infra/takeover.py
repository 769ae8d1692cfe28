"""Taking over a running shop (M19, AC-72): orders with their past come into the books, and go on from where they are.

Finished orders get their rows and no workflow; open ones also a snapshot, with which the relay starts them at its pace.
Nothing is sent and nothing is done outside. A dry run is the same work, rolled back at its end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.books import Books, books, projection
from domain.effects import Content
from domain.manual.explain import explain
from domain.order import Order
from domain.order_input import OrderInput
from domain.policy import Policy
from domain.posted import content_of
from domain.recording import ClockRow
from domain.takeover.checks import Contradiction, contradictions
from domain.takeover.filling import Filled, filled
from domain.takeover.goods import Found, needs
from domain.takeover.history import History
from domain.takeover.replay import TakenOver, Takeover, take_over
from infra.db.inbox import Posting, digest
from infra.db.record import CHANGING, SHOWN
from infra.db.reservations import lock
from infra.db.takeover_stock import carried_away, reserve_all
from infra.db.taking_over import Named, Overtaken, first_warehouse, insert_all, name_all
from infra.db.waiting.orders import WaitingOrder, policy_of
from infra.relay.opening import order_input

TRIES = 3
"""So often a step is begun when others bring in the same orders at the same time."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One order on its way in, as the inbox takes it, and its history as it was told."""

    posting: Posting
    history: History


@dataclass(frozen=True, slots=True)
class Fate:
    """What came of a candidate: its number, whether it was known, what cannot be; else its stage and its clocks."""

    order_no: str = ""
    known: bool = False
    contradictions: tuple[Contradiction, ...] = ()
    stage: str = ""
    final: bool = False
    short: bool = False
    assumed: tuple[str, ...] = ()
    clocks: tuple[ClockRow, ...] = ()

    @property
    def overdue(self) -> tuple[str, ...]:
        """The clocks that still run though their due had passed: nobody opens a case for them."""
        late = (f"{row.kind} {row.subject}" for row in self.clocks if row.verdict == "breached" and row.gross_s is None)
        return () if self.final else tuple(late)


OTHER_CONTENT = "It is known as {no} with other content: correct or cancel that one"


@dataclass
class _Step:
    """Some candidates on their way through one transaction."""

    candidates: Sequence[Candidate]
    at: datetime
    house: str = ""
    policies: dict[str, Policy] = field(default_factory=dict)
    fates: dict[int, Fate] = field(default_factory=dict)
    raw: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    past: dict[int, tuple[Content, Filled]] = field(default_factory=dict)
    named: dict[int, Named] = field(default_factory=dict)
    found: dict[int, Found] = field(default_factory=dict)
    orders: dict[int, TakenOver] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


async def take_over_all(
    engine: AsyncEngine, candidates: Sequence[Candidate], at: datetime, *, dry_run: bool = False
) -> list[Fate]:
    """Take these orders over, each for itself: one that cannot be keeps no other out. Answers each in its place.

    Args:
        engine: to the database.
        candidates: of different identities.
        at: the moment of the takeover.
        dry_run: say what would come of it, and write nothing.
    """
    for left in reversed(range(TRIES)):
        try:
            return await _once(engine, candidates, at, dry_run=dry_run)
        except Overtaken:
            if not left:
                raise
    raise Overtaken


async def _once(engine: AsyncEngine, candidates: Sequence[Candidate], at: datetime, *, dry_run: bool) -> list[Fate]:
    step = _Step(candidates, at)
    await asyncio.to_thread(_read, step)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await _name(connection, step)
        await _find_stock(connection, step)
        await asyncio.to_thread(_replay, step)
        await _write(connection, step)
        await (transaction.rollback() if dry_run else transaction.commit())
    return [step.fates[n] for n in range(len(candidates))]


def _read(step: _Step) -> None:
    """Fill the gaps of each history; what cannot be is told."""
    for n, candidate in enumerate(step.candidates):
        step.raw[n] = json.loads(candidate.posting.raw)
        content = content_of(step.raw[n])
        wrong = contradictions(content, candidate.history, step.at)
        if wrong:
            step.fates[n] = Fate(contradictions=wrong)
        else:
            step.past[n] = (content, filled(content, candidate.history, step.at))


async def _name(connection: AsyncConnection, step: _Step) -> None:
    """Number the new ones; who is known stays as it is."""
    step.house = await first_warehouse(connection)
    wanted = list(step.past)
    for n, named in zip(wanted, await name_all(connection, [step.candidates[n].posting for n in wanted]), strict=True):
        if not named.known:
            step.named[n] = named
            if named.edition not in step.policies:
                step.policies[named.edition] = await policy_of(connection, named.edition)
        elif named.same:
            step.fates[n] = Fate(order_no=named.order_no, known=True)
        else:
            reason = OTHER_CONTENT.format(no=named.order_no)
            wrong = Contradiction(path="external_id", code="other_content", reason=reason)
            step.fates[n] = Fate(order_no=named.order_no, contradictions=(wrong,))


async def _find_stock(connection: AsyncConnection, step: _Step) -> None:
    """Reserve for the open ones; all books that are touched are locked in one order first."""
    wanted = {n: needs(step.past[n][0], step.past[n][1].history, step.house) for n in step.named}
    await lock(connection, {need.sku for each in wanted.values() for need in each})
    for n, each in wanted.items():
        if each:
            step.found[n] = await reserve_all(connection, step.named[n].order_no, each, step.at)


def _replay(step: _Step) -> None:
    for n, named in step.named.items():
        past = step.past[n][1]
        takeover = Takeover(at=step.at, found=step.found.get(n, Found()), house=step.house)
        taken = take_over(_input(step, n, named), past, takeover)
        found = books(taken.order, step.at)
        step.fates[n] = Fate(
            order_no="" if taken.contradictions else named.order_no,
            contradictions=taken.contradictions,
            stage=taken.order.stage,
            final=taken.order.final,
            short=_is_short(taken.order),
            assumed=taken.assumed,
            clocks=found.clocks,
        )
        if not taken.contradictions:
            step.orders[n] = taken
            _add_rows(step, n, taken, found)


def _input(step: _Step, n: int, named: Named) -> OrderInput:
    """What its workflow would have begun with, had it begun here: it was known as soon as it was placed."""
    posting, raw = step.candidates[n].posting, step.raw[n]
    placed_at = datetime.fromisoformat(raw["placed_at"])
    waiting = WaitingOrder(
        order_no=named.order_no,
        tenant=posting.tenant,
        channel=posting.channel,
        external_id=posting.external_id,
        raw=raw,
        policy_edition=named.edition,
        placed_at=placed_at,
        collected_at=posting.collected_at,
        received_at=posting.collected_at or placed_at,
    )
    return order_input(waiting, step.policies[named.edition], ())


def _is_short(order: Order) -> bool:
    """Whether the system before had confirmed stock that the books do not have: a shortage as soon as it goes on."""
    return order.stock_confirmed_at is not None and not order.final and any(line.unallocated for line in order.lines)


# -- rows ------------------------------------------------------------------------------------------------------------


def _add_rows(step: _Step, n: int, taken: TakenOver, found: Books) -> None:
    order, posting = taken.order, step.candidates[n].posting
    key = {"order_no": order.number}
    arrived = {"raw": step.raw[n], "policy_edition": step.named[n].edition}
    _add(step, "inbound_order", key | arrived | _posted(order, posting, step.at))
    _add(step, "orders", key | _shown(order, step.at))
    for member, rows in found.model_dump(mode="json").items():
        for row in rows:
            _add(step, CHANGING[member].name, key | row)
    for entry in taken.entries:
        _add(step, "order_event", key | entry.model_dump(mode="json"))
    snapshot = None if order.final else order.model_dump(mode="json")
    history = step.candidates[n].history.model_dump(mode="json", exclude_defaults=True)
    kept = {"at": step.at.isoformat(), "actor": posting.submitter, "history": history, "snapshot": snapshot}
    _add(step, "taken_over", key | kept)


def _add(step: _Step, table: str, row: dict[str, Any]) -> None:
    step.rows.setdefault(table, []).append(row)


def _posted(order: Order, posting: Posting, at: datetime) -> dict[str, Any]:
    """The order in the inbox, so that it is known; a finished one counts as started, so that nobody starts it."""
    names = ("tenant", "channel", "external_id", "business_hash", "source_kind", "submitter", "document_no")
    return {name: getattr(posting, name) for name in (*names, "request_id")} | {
        **posting.marks,
        "duplicate_of": "",
        "raw_hash": digest(posting.raw),
        "placed_at": order.placed_at.isoformat(),
        "collected_at": order.collected_at.isoformat() if order.collected_at else None,
        "received_at": at.isoformat(),
        "started_at": at.isoformat() if order.final else None,
    }


def _shown(order: Order, at: datetime) -> dict[str, Any]:
    """The order's projection as of the takeover."""
    shown = projection(order, at, explain(order, at, None)).model_dump(mode="json")
    numbers = [package.tracking_number for package in order.packages if package.tracking_number]
    return {name: shown[name] for name in SHOWN} | {
        "tenant": order.tenant,
        "channel": order.channel,
        "external_id": order.external_id,
        "region": order.content.region,
        "currency": order.content.currency,
        "placed_at": order.placed_at.isoformat(),
        "received_at": at.isoformat(),
        "updated_at": at.isoformat(),
        "search": " ".join([order.number, order.external_id, *numbers]),
    }


async def _write(connection: AsyncConnection, step: _Step) -> None:
    if step.orders:
        live = [taken.order for taken in step.orders.values() if not taken.order.final]
        for order in live:
            await carried_away(connection, order, step.at)
        await insert_all(connection, step.rows, open_ones=bool(live))
