"""What came of a run: lost, doubled, otherwise than planned, late, out of balance; each finding in one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowExecutionStatus

from tests.crash.siege import Siege, Story
from tests.evidence import Log, done, doubled

CUT_OFF = timedelta(seconds=10)
"""After so long Temporal gives a workflow task to another worker when the first does not answer any more."""
GRACE = timedelta(seconds=5)
"""How late a clock may fire on a busy machine."""
FIRED = """SELECT e.order_no, c.kind, c.due_at, e.recorded_at FROM order_event AS e JOIN clock AS c USING (order_no)
    WHERE e.code = 'clock_breached' AND c.kind = e.params ->> 'clock' AND c.subject = e.params ->> 'subject'
        AND c.due_at < e.recorded_at AND e.order_no = ANY(%(orders)s)"""
STOPPED = """SELECT order_no, min(stop_at) AS stop_at FROM clock
    WHERE kind = 'C4' AND stop_event = 'outbound' AND order_no = ANY(%(orders)s) GROUP BY 1"""
FACTS = "SELECT fact_id, state, decisive FROM inbound_fact WHERE fact_id = ANY(%(ids)s) AND conflict_of IS NULL"
UNSENT = """SELECT key FROM outbox WHERE sent_at IS NULL AND order_no = ANY(%(orders)s)
    AND last_error <> 'overtaken by a later letter'"""
COMPLETED = WorkflowExecutionStatus.COMPLETED
KEPT = """SELECT external_id, count(*) AS times FROM inbound_order WHERE external_id = ANY(%(ids)s) GROUP BY 1"""


@dataclass(frozen=True)
class Verdict:
    """The findings of a run by kind, and its figures."""

    findings: Mapping[str, list[str]]
    figures: Mapping[str, Any]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not any(self.findings.values())


async def judge(siege: Siege, before: Mapping[tuple[str, str], int]) -> Verdict:
    """Look at everything a run left behind; ``before`` is the stock before it."""
    evidence = siege.house.evidence
    logs = await evidence.logs([story.external_id for story in siege.stories])
    orders = [story.order_no for story in siege.stories if story.order_no]
    told = [fact for log in logs.values() for fact in log["news"] if fact["told"]]
    fired = evidence.rows(FIRED, orders=orders)
    findings = {
        "lost": [*_lost_orders(siege), *_lost_facts(siege, told), *await _lost_letters(siege, orders)],
        "doubled": [*_doubled(siege, logs), *[line for log in logs.values() for line in doubled(log)]],
        "unplanned": [line for story in siege.stories for line in _unplanned(story)] + await _running(siege, orders),
        "late": [*_late(siege, fired), *_moved(siege, logs, orders)],
        "unbalanced": evidence.unbalanced(before),
    }
    down = (siege.back_at - siege.killed_at).total_seconds() if siege.back_at and siege.killed_at else None
    figures = {
        "down": down,
        "facts": len(told),
        "requests": sum(len(story.promised) for story in siege.stories) - len(orders),
        "orders": len(orders),
        "clocks": len(fired),
        "lateness": max((row["recorded_at"] - row["due_at"] for row in fired), default=timedelta()).total_seconds(),
        "took": siege.took,
    }
    return Verdict(findings, figures)


def _lost_orders(siege: Siege) -> Iterator[str]:
    ids = [story.external_id for story in siege.stories]
    kept = {row["external_id"]: row["times"] for row in siege.house.evidence.rows(KEPT, ids=ids)}
    for story in siege.stories:
        if story.promised and kept.get(story.external_id) != 1:
            yield f"{story.external_id} was acknowledged and is kept {kept.get(story.external_id, 0)} times"


def _lost_facts(siege: Siege, told: list[dict[str, Any]]) -> Iterator[str]:
    ids = [f"{fact['source']}:{fact['event_id']}" for fact in told]
    kept = {row["fact_id"]: row for row in siege.house.evidence.rows(FACTS, ids=ids)}
    for name in ids:
        row = kept.get(name)
        if row is None:
            yield f"fact {name} was acknowledged and is gone"
        elif row["state"] == "orphan" or (row["decisive"] and row["state"] == "waiting"):
            yield f"fact {name} is still {row['state']}"


async def _lost_letters(siege: Siege, orders: list[str]) -> list[str]:
    """What no party has got of the outbox, half a minute after the end at the latest."""
    waiting: list[dict[str, Any]] = []
    for _ in range(60):
        waiting = siege.house.evidence.rows(UNSENT, orders=orders)
        if not waiting:
            break
        await asyncio.sleep(0.5)
    return [f"letter {row['key']} was never sent" for row in waiting]


async def _running(siege: Siege, orders: list[str]) -> list[str]:
    """Workflows that are not over, whatever the books say."""
    handles = [siege.house.temporal.get_workflow_handle(f"order/{order_no}") for order_no in orders]
    found = [(handle.id, (await handle.describe()).status) for handle in handles]
    return [f"{name} is {status and status.name}" for name, status in found if status != COMPLETED]


def _doubled(siege: Siege, logs: Mapping[str, Log]) -> Iterator[str]:
    """Documents, releases and refunds against what was planned: neither twice nor never."""
    for story in siege.stories:
        log, plan = logs[story.external_id], story.plan
        planned = {
            ("erp", "/documents"): int(plan.breach != "C1" and plan.releases > 0),
            ("warehouse", "/releases"): plan.releases,
            ("payments", "/refunds"): plan.refunds,
        }
        for (party, path), times in planned.items():
            if len(done(log, party, path)) != times:
                yield f"{story.external_id}: {party}{path} {len(done(log, party, path))} times, planned {times}"


def _unplanned(story: Story) -> Iterator[str]:
    detail, plan = story.detail, story.plan
    name = f"{story.external_id} ({plan.name})"
    if story.trouble:
        yield f"{name}: {story.trouble}"
    if detail is None:
        yield f"{name} was never seen"
        return
    planned = {plan.breach} - {None}
    for what, found, wanted in (
        ("stage", {detail.stage}, {plan.ends}),
        ("cases", {case.kind for case in detail.cases}, plan.cases),
        ("breaches", {clock.kind for clock in detail.clocks if clock.verdict == "breached"}, planned),
    ):
        if found != wanted:
            yield f"{name}: {what} {sorted(found)}, planned {sorted(map(str, wanted))}"


def _late(siege: Siege, fired: list[dict[str, Any]]) -> Iterator[str]:
    """Clocks that fired later than the downtime explains, and those that never fired."""
    for row in fired:
        late = row["recorded_at"] - _could_fire(siege, row["due_at"])
        if late > GRACE:
            yield f"{row['order_no']}: {row['kind']} fired {late.total_seconds():.1f} s later than it could"
    heard = {(row["order_no"], row["kind"]) for row in fired}
    for story in siege.stories:
        if story.plan.breach and (story.order_no, story.plan.breach) not in heard:
            yield f"{story.external_id}: {story.plan.breach} never fired"


def _could_fire(siege: Siege, due: datetime) -> datetime:
    """When a clock could fire at the earliest: at its due, or when what was killed worked again."""
    if siege.killed_at is None or siege.back_at is None:
        return due
    worked = max(siege.back_at, siege.killed_at + CUT_OFF)
    return max(due, worked) if siege.killed_at - timedelta(seconds=1) <= due <= worked else due


def _moved(siege: Siege, logs: Mapping[str, Log], orders: list[str]) -> Iterator[str]:
    """Clocks stop when it happened, not when we heard of it: the warehouse's own time of the outbound."""
    stopped = {row["order_no"]: row["stop_at"] for row in siege.house.evidence.rows(STOPPED, orders=orders)}
    for story in siege.stories:
        news = [fact for fact in logs[story.external_id]["news"] if fact["kind"] == "outbound"]
        if not news or story.order_no not in stopped:
            continue
        happened = datetime.fromisoformat(min(fact["occurred_at"] for fact in news))
        if stopped[story.order_no] > max(datetime.fromisoformat(fact["occurred_at"]) for fact in news):
            yield f"{story.external_id}: C4 stopped at {stopped[story.order_no]}, out at {happened}"
