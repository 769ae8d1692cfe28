"""The order: one frozen value with everything that was decided about it (order-model §4.1).

Its stage is computed from the ledgers and never set (§4.2), so that it cannot contradict them.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import ClassVar

from domain.carrier_orders import CarrierWord
from domain.change_requests import ChangeRequest
from domain.claims import Claim
from domain.compensation import Approval, Coupon, Reason
from domain.decisions import Design, Ruling, Voucher
from domain.effects import INQUIRIES, Amendment, Content
from domain.facts import OutsideFact
from domain.holds import Case, CaseStatus, EffectState, EffectStatus, Hold, Task
from domain.inside import Asked
from domain.lines import Line, worth
from domain.logistics import Logistics
from domain.milestones import Agreed, Audit, ChannelChange, Debt, Ending, Entered, Unmatched
from domain.overrides import AddressOverride
from domain.payment import Payment
from domain.policy import CaseKind, SharedPolicy
from domain.questions import Doubt, Question
from domain.shipments import Package, Shipment, ShipmentState
from domain.stage import FINAL_STAGES, Stage
from domain.steps import CaseStep
from domain.transfer_effects import TRANSFERRING
from domain.transfers import Transfer
from domain.value import Moment, Value


class Order(Value):
    """One order.

    ``stock_met_at``: C1's stock gate, met before units were lost again; ``stock_lapsed``: they went back unpaid.
    ``seen`` are the latest fact ids, ``early`` unmatched facts that may fit later, ``said`` outbox keys, ``fired`` what
    was noticed, ``repaid_with`` the latest correction that repays audit debt, ``reasons`` parties' words for delays.
    """

    only_noted: ClassVar[frozenset[str]] = frozenset({"seen", "said", "fired", "tasks"})
    number: str
    tenant: str = "default"
    channel: str
    external_id: str
    placed_at: Moment
    collected_at: Moment | None = None
    source_kind: str = ""
    received_at: Moment
    policy: SharedPolicy
    content: Content
    version: int = 1
    corrections: tuple[int, ...] = ()
    latest_ship_at: Moment | None = None
    accepted_ship_at: Moment | None = None
    promised_delivery_date: date | None = None
    lines: tuple[Line, ...] = ()
    payment: Payment
    audit: Audit = Audit()
    stock_confirmed_at: Moment | None = None
    stock_met_at: Moment | None = None
    stock_wanted: int = 0
    stock_lapsed: bool = False
    entered: Entered | None = None
    shipments: tuple[Shipment, ...] = ()
    packages: tuple[Package, ...] = ()
    holds: tuple[Hold, ...] = ()
    cases: tuple[Case, ...] = ()
    tasks: tuple[Task, ...] = ()
    effects: tuple[EffectState, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    ending: Ending | None = None
    confirmed_at: Moment | None = None
    completed_at: Moment | None = None
    closed_at: Moment | None = None
    test: bool = False
    original_order_no: str = ""
    channel_change: ChannelChange | None = None
    unmatched: tuple[Unmatched, ...] = ()
    early: tuple[OutsideFact | Asked, ...] = ()
    seen: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    overrides: tuple[AddressOverride, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    designs: tuple[Design, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    taken_over_at: Moment | None = None
    debts: tuple[Debt, ...] = ()
    repaid_with: int = 0
    change_requests: tuple[ChangeRequest, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    reasons: tuple[Reason, ...] = ()
    approvals: tuple[Approval, ...] = ()
    steps: tuple[CaseStep, ...] = ()
    claims: tuple[Claim, ...] = ()
    carrier_words: tuple[CarrierWord, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    logistics: Logistics = Logistics()
    questions: tuple[Question, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    amendments: tuple[Amendment, ...] = ()

    # -- what it is ----------------------------------------------------------------------------------------------

    @cached_property
    def stage(self) -> Stage:
        """The one value on the main path, from the ledgers."""
        if self.completed_at:
            return Stage.COMPLETED
        if self.ending:
            return self._ending_stage(self.ending)
        if self.policy.recall.by_itself and any(each.recalls_all for each in self.change_requests):
            return Stage.CANCELLING
        if any(line.shipped for line in self.lines):
            return self._shipped_stage()
        if any(shipment.released_at for shipment in self.live_shipments):
            return Stage.READY_TO_SHIP
        return self._intake_stage()

    def _ending_stage(self, ending: Ending) -> Stage:
        if any(line.shipped for line in self.lines):
            return self._out_after_cancel(ending)
        if not self._is_undone(ending):
            return Stage.CANCELLING
        return Stage.CANCELLED if ending.how == "cancel" else Stage.REJECTED

    def _out_after_cancel(self, ending: Ending) -> Stage:
        """Where goods are that went out of a cancelled order, until each is back, lost, or decided about."""
        out = [package for package in self.packages if package.out]
        cases = [self.case_ever(CaseKind.CANCEL_AFTER_SHIP, package.subject) for package in out]
        if self._is_undone(ending) and all(case and not case.open for case in cases):
            return self._came_back()
        return Stage.DELIVERED if all(package.delivered_at for package in out) else self._underway(out)

    def _is_undone(self, ending: Ending) -> bool:
        under_way = self.transfer_running or any(effect.kind not in INQUIRIES for effect in self.running)
        done = ending.stock_released and self.payment.settled and not under_way
        return done and (self.entered is None or self.entered.cancelled)

    def _intake_stage(self) -> Stage:
        if self.audit.passed_at:
            return Stage.AWAITING_CONFIRMATION
        if self.audit.version == self.version and self.audit.blocking:
            return Stage.NEEDS_CORRECTION
        started = self.audit.version == self.version or self.effect(f"audit/{self.version}")
        return Stage.AUDITING if started else Stage.RECEIVED

    def _shipped_stage(self) -> Stage:
        if any(line.to_ship for line in self.lines):
            return Stage.PARTIALLY_SHIPPED
        out = [package for package in self.packages if package.counts]
        if self.sends_anew or any(package.gone and not self.settled_loss(package) for package in out):
            return self._underway(out)
        live = [package for package in out if not package.gone]
        if not live and (self.payment.refund_running or self.transfer_running or any(map(self._owed, out))):
            return self._underway(out)
        if not live:
            return self._came_back()
        return Stage.DELIVERED if all(package.delivered_at for package in live) else self._underway(out)

    def _came_back(self) -> Stage:
        return Stage.RETURNED if all(line.returned == line.shipped for line in self.lines) else Stage.CLOSED

    def _underway(self, out: list[Package]) -> Stage:
        return Stage.PARTIALLY_DELIVERED if any(package.delivered_at for package in out) else Stage.SHIPPED

    @property
    def final(self) -> bool:
        """Whether its workflow ends."""
        return self.stage in FINAL_STAGES

    # -- what stands in it ---------------------------------------------------------------------------------------

    @property
    def started_at(self) -> datetime:
        """When the desk's clock starts: placed online, or collected offline (A-01)."""
        return self.collected_at or self.placed_at

    @property
    def prepaid_at(self) -> datetime | None:
        """When the goods are due to move: paid, or placed where no payment is needed first."""
        return self.payment.confirmed_at if self.payment.needed else self.started_at

    @property
    def stock_closed(self) -> bool:
        """Whether every unit is decided."""
        return self.stock_confirmed_at is not None and not any(line.unallocated for line in self.lines)

    @property
    def live_shipments(self) -> tuple[Shipment, ...]:
        """Shipments that were not called off."""
        return tuple(shipment for shipment in self.shipments if shipment.state is not ShipmentState.CANCELLED)

    @cached_property
    def delivered_at(self) -> datetime | None:
        """When the last live package was signed for; None before."""
        times = [package.delivered_at for package in self.packages if package.counts and not package.gone]
        known = [time for time in times if time]
        shipped = any(line.shipped for line in self.lines) and not any(line.to_ship for line in self.lines)
        return max(known) if shipped and not self.sends_anew and known and len(known) == len(times) else None

    @property
    def open_holds(self) -> tuple[Hold, ...]:
        """Holds that still hold."""
        return tuple(hold for hold in self.holds if hold.open)

    def held(self, what: str) -> tuple[Hold, ...]:
        """The open holds that block ``what``."""
        return tuple(hold for hold in self.open_holds if what in hold.blocks)

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """Cases that still need an end."""
        return tuple(case for case in self.cases if case.open)

    def case(self, kind: CaseKind, subject: str = "order") -> Case | None:
        """The open case of this kind on this subject (invariant 10: at most one)."""
        return next((case for case in self.cases if case.kind is kind and case.subject == subject and case.open), None)

    def case_ever(self, kind: CaseKind, subject: str = "order") -> Case | None:
        """The latest case of this kind on this subject, open or not."""
        return next((case for case in reversed(self.cases) if case.kind is kind and case.subject == subject), None)

    def settled_loss(self, package: Package) -> bool:
        """Whether somebody decided what becomes of a package that will not arrive."""
        kind = CaseKind.RETURN_TO_SENDER if package.story.state == "RETURNED_TO_SENDER" else CaseKind.LOST_OR_DAMAGED
        case = self.case_ever(kind, package.subject)
        return case is not None and case.status is CaseStatus.RESOLVED

    def _owed(self, package: Package) -> bool:
        asked = f"{self.number}/refund/{package.subject}"
        return self.refund_for(package) > 0 and not any(back.key == asked for back in self.payment.refunds)

    def refund_for(self, package: Package) -> int:
        """What goes back for a package that will not arrive: its goods' worth; all we hold where nothing arrives."""
        held = self.payment.held(self.payment.currency)
        nothing_arrives = all(other.gone for other in self.packages if other.counts)
        if nothing_arrives and not any(line.to_ship for line in self.lines):
            return held
        return min(worth(self.lines, package.lines), held)

    def effect(self, tail: str) -> EffectState | None:
        """The state of the effect ``{number}/{tail}``."""
        key = f"{self.number}/{tail}"
        return next((effect for effect in self.effects if effect.key == key), None)

    def step(self, key: str) -> CaseStep | None:
        """A step of a case, by its key."""
        return next((step for step in self.steps if step.key == key), None)

    @property
    def open_steps(self) -> tuple[CaseStep, ...]:
        """The steps of open cases that still wait for their end."""
        open_cases = {case.no for case in self.open_cases}
        return tuple(step for step in self.steps if step.open and step.case in open_cases)

    @property
    def running(self) -> tuple[EffectState, ...]:
        """Effects asked for and not done: under way, or parked until a person retries them."""
        return tuple(effect for effect in self.effects if effect.status is not EffectStatus.DONE)

    @property
    def parked(self) -> tuple[EffectState, ...]:
        """Effects that wait for a person."""
        return tuple(effect for effect in self.effects if effect.status is EffectStatus.PARKED)

    @property
    def sends_anew(self) -> bool:
        """Whether goods of a superseded package wait to leave again, or are being looked for."""
        sought = any("/reserve/anew/" in effect.key for effect in self.running)
        return sought or any(shipment.under_way_instead for shipment in self.shipments)

    @property
    def transfer_running(self) -> bool:
        """Whether another warehouse holds units for it, or the books do not know yet what became of them."""
        return any(each.kind in TRANSFERRING for each in self.running) or any(each.owed for each in self.transfers)

    def package(self, reference: str) -> Package | None:
        """A package by its id or its tracking number."""
        return next((each for each in self.packages if reference in (each.id, each.tracking_number)), None)

    @property
    def takes_numbers(self) -> bool:
        """Whether packages of this order carry a tracking number (not pickup, own fleet, virtual goods)."""
        return self.content.delivery_method == "express"

    @property
    def channel_takes_numbers(self) -> bool:
        """Whether the sales channel wants to be told the tracking number."""
        silent = self.channel in self.policy.channels_without_numbers or self.original_order_no
        return self.takes_numbers and not silent
