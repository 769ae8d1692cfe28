"""What the channel's and the customer's news does to an order (SR-022, SR-121, §1.3 C4 and C8)."""

from __future__ import annotations

from hashlib import sha256

from domain.change_requests import CHANNEL, ChangeKind, ChangeParams, ChangeRequest, ChangeState
from domain.facts import (
    ChannelChanged,
    ChannelClosed,
    ChannelCompleted,
    ChannelEdit,
    ChannelNoted,
    CodesMatched,
    Confirmed,
    ShipByMoved,
    ShipDateAgreed,
    StatusAccepted,
    StatusRefused,
    TrackingAccepted,
    TrackingRefused,
)
from domain.logistics import ChannelRefusal
from domain.milestones import Agreed, ChannelChange, Ending
from domain.order import Order
from domain.taking.carrier import package_of
from domain.taking.warehouse import ComesEarly, DoesNotFit, call_off, with_package
from domain.transitions import permitted


def tracking_accepted(order: Order, fact: TrackingAccepted) -> Order:
    """The channel took the number: C2 and C8 may stop."""
    package = package_of(order, fact.tracking_number)
    return with_package(order, package.having(accepted_at=package.accepted_at or fact.at, refused=""))


def tracking_refused(order: Order, fact: TrackingRefused) -> Order:
    """The channel refused the number; C2 goes on."""
    package = package_of(order, fact.tracking_number)
    return order if package.accepted_at else with_package(order, package.having(refused=fact.reason or "refused"))


def status_refused(order: Order, fact: StatusRefused) -> Order:
    """The channel refused a status; ours stays as it is, and the channel is told again."""
    known = [each for each in order.logistics.refusals if each.status == fact.status]
    refused = known[0] if known else ChannelRefusal(status=fact.status, reason="", at=fact.at)
    return _with_refusal(order, refused.having(reason=fact.reason or "refused", taken_at=None))


def status_accepted(order: Order, fact: StatusAccepted) -> Order:
    """The channel took a status that it had refused."""
    known = [each for each in order.logistics.refusals if each.status == fact.status]
    return _with_refusal(order, known[0].having(taken_at=fact.at)) if known else order


def _with_refusal(order: Order, changed: ChannelRefusal) -> Order:
    others = tuple(each for each in order.logistics.refusals if each.status != changed.status)
    return order.having(logistics=order.logistics.having(refusals=(*others, changed)))


def ship_by_moved(order: Order, fact: ShipByMoved) -> Order:
    """Only the channel moves its own date."""
    return order.having(latest_ship_at=fact.latest_ship_at)


def channel_completed(order: Order, fact: ChannelCompleted) -> Order:
    """交易成功 is the marketplace's word; kept in the trail, nothing follows from it."""
    del fact
    return order


def channel_closed(order: Order, fact: ChannelClosed) -> Order:
    """The marketplace closed the order: cancelled where that is still possible."""
    if not permitted(order, "cancel"):
        message = f"the channel closed the order, which is {order.stage}: decide with the customer"
        raise DoesNotFit(message)
    ending = Ending(how="cancel", reason=fact.reason or "closed by the channel", by="channel", at=fact.at)
    return call_off(order, ending)


def confirmed(order: Order, fact: Confirmed) -> Order:
    """Somebody confirms that the order is complete; it counts as soon as the goods are delivered."""
    return order.having(confirmed_at=order.confirmed_at or fact.at)


def ship_date_agreed(order: Order, fact: ShipDateAgreed) -> Order:
    """The customer agreed to wait: C1 and C4 stand still until then."""
    return order.having(agreed=(*order.agreed, Agreed(at=fact.at, until=fact.ship_at)))


def codes_matched(order: Order, fact: CodesMatched) -> Order:
    """A code the audit did not know has a match: the next version is audited with it (SR-170)."""
    if order.audit.version != order.version and not order.ending:
        message = f"the audit that did not know {fact.code} has not answered yet"
        raise ComesEarly(message)
    unknown = any(finding.code == "SKU_UNKNOWN" for finding in order.audit.findings)
    if order.audit.passed_at or order.ending or not unknown:
        return order
    return order.having(version=order.version + 1, stock_confirmed_at=None)


def channel_noted(order: Order, fact: ChannelNoted) -> Order:
    """Another status, memo or refund on the channel; kept in the trail, nothing follows from it."""
    del fact
    return order


def channel_changed(order: Order, fact: ChannelChanged) -> Order:
    """The channel's order says something else: what an edit asks for is a change request, the rest a person's (EC-31).

    A newer edit replaces those before it that wait; what is being made goes on.
    """
    edits = fact.edits if order.policy.claims.channel_asks and not order.ending else ()
    covered = {path for edit in edits for path in edit.fields}
    rest = tuple(path for path in fact.fields if path not in covered)
    change = ChannelChange(content=fact.content, fields=rest, at=fact.at, version=order.version)
    known = tuple(_replaced(request, fact) for request in order.change_requests)
    mark, first = sha256(fact.id.encode()).hexdigest()[:16], len(known) + 1
    asked = tuple(_request(edit, number, mark, fact) for number, edit in enumerate(edits, first))
    return order.having(channel_change=change if rest else None, change_requests=(*known, *asked))


def _replaced(request: ChangeRequest, fact: ChannelChanged) -> ChangeRequest:
    if request.asked_by != CHANNEL or request.state is not ChangeState.QUEUED:
        return request
    return request.having(state=ChangeState.OVERTAKEN, ended_at=fact.at)


def _request(edit: ChannelEdit, number: int, mark: str, fact: ChannelChanged) -> ChangeRequest:
    said = edit.model_dump(include=set(ChangeParams.model_fields) & set(ChannelEdit.model_fields))
    return ChangeRequest(
        no=number,
        request_id=f"channel/{mark}/{number}",
        change=ChangeKind(edit.change),
        params=ChangeParams.model_validate(said),
        correction=edit.correction,
        asked_by=CHANNEL,
        asked_at=fact.at,
    )
