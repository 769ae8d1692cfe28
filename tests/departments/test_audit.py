"""The audit department: findings and reservation in one transaction, with real PostgreSQL (SR-012…SR-019, SR-111)."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from activities.audit import AuditActivities
from domain.amending import amended
from domain.effects import Allocation, Amendment, AuditOutcome, AuditRequest, LineContent
from domain.facts import Moved
from domain.policy import AuditPolicy
from infra.db import tables
from infra.db.effects import EffectConflict
from tests.departments.desk import Desk


@pytest.fixture
def department(desk: Desk) -> AuditActivities:
    return AuditActivities(desk.direct, desk.watch)


def request(order_no: str, version: int = 1, *corrections: int) -> AuditRequest:
    key = f"{order_no}/audit/{version}"
    return AuditRequest(
        key=key, order_no=order_no, version=version, policy=AuditPolicy(), corrections=tuple(corrections)
    )


def codes(outcome: AuditOutcome) -> list[str]:
    return [finding.code for finding in outcome.findings]


async def shelves(desk: Desk, tea: int = 10, cup: int = 10) -> None:
    await desk.stock_is("TEA", WH_SH=tea)
    await desk.stock_is("CUP", WH_SH=cup)


@pytest.mark.clause("SR-111")
async def test_a_good_order_is_audited_and_its_stock_reserved(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    outcome = await department.audit_order(request(await desk.order_came_in()))
    assert outcome.findings == ()
    assert outcome.allocations == (
        Allocation(line="1", warehouse="WH_SH", quantity=2),
        Allocation(line="2", warehouse="WH_SH", quantity=1),
    )
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((10, 2), (10, 1))
    assert await desk.ledger_adds_up()


@pytest.mark.clause("SR-013")
async def test_the_master_data_is_asked(desk: Desk, department: AuditActivities) -> None:
    await desk.stock_is("TEA", specification="500g", WH_SH=10)
    outcome = await department.audit_order(request(await desk.order_came_in()))
    assert codes(outcome) == ["SKU_UNKNOWN", "SPECIFICATION_MISMATCH"]


@pytest.mark.clause("SR-016")
async def test_what_is_blocked_reserves_nothing(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    outcome = await department.audit_order(request(await desk.order_came_in(customer={"name": " "}, total=1)))
    assert codes(outcome) == ["FIELD_MISSING", "FIELD_MISSING", "AMOUNT_MISMATCH", "PAYMENT_INCONSISTENT"]
    assert (outcome.allocations, outcome.short) == ((), ())
    assert await desk.level("TEA") == (10, 0)


@pytest.mark.clause("SR-017")
async def test_a_shortage_keeps_what_is_there(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk, tea=1)
    outcome = await department.audit_order(request(await desk.order_came_in()))
    assert codes(outcome) == ["STOCK_SHORT"]
    assert outcome.short == (Moved(line="1", quantity=1),)
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((1, 1), (10, 1))


async def test_an_audit_asked_for_again_answers_the_same_and_reserves_once(
    desk: Desk, department: AuditActivities
) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in()
    first = await department.audit_order(request(order_no))
    assert await department.audit_order(request(order_no)) == first
    assert await desk.level("TEA") == (10, 2)


async def test_an_audit_that_runs_twice_at_once_reserves_once(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in()
    answers = await asyncio.gather(
        *(department.audit_order(request(order_no)) for _ in range(4)), return_exceptions=True
    )
    assert [answer for answer in answers if isinstance(answer, AuditOutcome)]
    assert await desk.level("TEA") == (10, 2)
    assert await desk.ledger_adds_up()


async def test_one_key_is_not_for_two_requests(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in()
    await department.audit_order(request(order_no))
    with pytest.raises(EffectConflict, match="another request"):
        await department.audit_order(request(order_no).having(policy=AuditPolicy(max_quantity=1)))


@pytest.mark.clause("SR-019")
async def test_a_corrected_version_is_audited_as_a_whole_and_both_are_kept(
    desk: Desk, department: AuditActivities
) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in(customer={"name": "王小明", "phone": "1"})
    assert codes(await department.audit_order(request(order_no))) == ["PHONE_MALFORMED"]
    ignored = await desk.corrected(order_no, customer__name="")
    accepted = await desk.corrected(order_no, customer__phone="13800138000")
    outcome = await department.audit_order(request(order_no, 2, accepted))
    assert (outcome.version, outcome.findings) == (2, ())
    statuses = {row["id"]: row["status"] for row in await desk.rows(tables.correction)}
    assert statuses == {ignored: "proposed", accepted: "accepted"}
    (posted,) = await desk.rows(tables.inbound_order)
    assert posted["raw"]["customer"]["phone"] == "1"


async def test_a_new_version_gives_back_what_the_old_one_held(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in()
    await department.audit_order(request(order_no))
    less = await desk.corrected(
        order_no, lines__1__quantity=1, total=10000, payment__paid_amount=10000, lines__1__discount=600
    )
    outcome = await department.audit_order(request(order_no, 2, less))
    assert outcome.findings == ()
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((10, 1), (10, 1))
    wrong = await desk.corrected(order_no, lines__2__quantity=0)
    await department.audit_order(request(order_no, 3, less, wrong))
    assert (await desk.level("TEA"), await desk.level("CUP")) == ((10, 0), (10, 0))
    assert await desk.ledger_adds_up()


@pytest.mark.clause("SR-019")
async def test_only_what_a_correction_touches_is_judged_again(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in(customer={"name": "王小明", "phone": "1"}, total=16801)
    first = await department.audit_order(request(order_no))
    assert (codes(first), first.ran) == (["PHONE_MALFORMED", "AMOUNT_MISMATCH", "PAYMENT_INCONSISTENT"], ())
    phone = await desk.corrected(order_no, customer__phone="13800138000")
    second = await department.audit_order(request(order_no, 2, phone).having(since=1))
    assert codes(second) == ["AMOUNT_MISMATCH", "PAYMENT_INCONSISTENT"]
    assert second.ran == ("FIELD_MISSING", "PHONE_MALFORMED")
    total = await desk.corrected(order_no, total=16800)
    third = await department.audit_order(request(order_no, 3, phone, total).having(since=2))
    assert (codes(third), third.ran) == ([], ("AMOUNT_MISMATCH", "PAYMENT_INCONSISTENT"))
    assert await desk.level("TEA") == (10, 2)


@pytest.mark.clause("SR-019")
async def test_an_audit_whose_forerunner_is_unknown_judges_everything(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in(customer={"name": "王小明", "phone": "1"})
    outcome = await department.audit_order(request(order_no, 2).having(since=1))
    assert (codes(outcome), outcome.ran) == (["PHONE_MALFORMED"], ())


@pytest.mark.clause("SR-012")
async def test_an_overridden_address_is_not_questioned_again_and_its_choice_is_kept(
    desk: Desk, department: AuditActivities
) -> None:
    await shelves(desk)
    policy = AuditPolicy(check_divisions=True)
    address = {"province": "浙江省", "city": "杭州市", "district": "鄞州区", "street": "文三路 90 号"}
    order_no = await desk.order_came_in(address=address, customer={"name": "王小明", "phone": "1"})
    first = await department.audit_order(request(order_no).having(policy=policy))
    assert codes(first) == ["PHONE_MALFORMED", "ADDRESS_MISMATCH"]
    let_stand = (str(first.findings[1].params["address"]),)
    phone = await desk.corrected(order_no, customer__phone="13800138000")
    again = request(order_no, 2, phone).having(policy=policy, since=1, overrides=let_stand)
    second = await department.audit_order(again)
    assert second.findings == ()
    assert [(each.field, each.original, each.suggested, each.chosen) for each in second.choices] == [
        ("address.district", "鄞州区", "宁波市/鄞州区", "鄞州区")
    ]
    city = await desk.corrected(order_no, address__district="海曙区")
    other = request(order_no, 3, phone, city).having(policy=policy, since=2, overrides=let_stand)
    third = await department.audit_order(other)
    assert codes(third) == ["ADDRESS_MISMATCH"], "the override was of another address"
    assert "文三路" not in third.model_dump_json()


async def test_a_correction_of_the_wrong_type_waits_for_a_person(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    order_no = await desk.order_came_in()
    odd = await desk.corrected(order_no, lines__1__quantity="two")
    with pytest.raises(ApplicationError, match=r"lines.0.quantity|quantity") as refused:
        await department.audit_order(request(order_no, 2, odd))
    assert (refused.value.type, refused.value.non_retryable) == ("Business.UnfitCorrection", True)


async def test_what_is_audited_says_nothing_personal(desk: Desk, department: AuditActivities) -> None:
    await shelves(desk)
    outcome = await department.audit_order(request(await desk.order_came_in()))
    said = outcome.model_dump_json()
    assert not any(word in said for word in ("王小明", "13800138000", "文三路"))


async def test_an_order_nobody_took_in_is_said_to_be_missing(department: AuditActivities) -> None:
    with pytest.raises(LookupError, match="POST /v1/orders"):
        await department.audit_order(request("SO2026112300000000"))


@pytest.mark.clause("AC-27", "SR-131b")
async def test_a_version_is_audited_and_reserved_with_what_the_house_made_of_it(
    desk: Desk, department: AuditActivities
) -> None:
    await shelves(desk, tea=1)
    await desk.stock_is("OOLONG", WH_SH=3)
    order_no = await desk.order_came_in()
    first = await department.audit_order(request(order_no))
    assert first.short == (Moved(line="1", quantity=1),)
    oolong = LineContent(line="1S1", sku="OOLONG", quantity=1, unit_price=500)
    amendment = Amendment(case=1, less=(Moved(line="1", quantity=1),), instead=(oolong,))
    second = await department.audit_order(request(order_no, 2).having(amendments=(amendment,), since=1))
    assert second.content == amended(first.content, amendment)
    assert second.findings == ()
    assert [(each.line, each.quantity) for each in second.allocations] == [("1", 1), ("2", 1), ("1S1", 1)]
    assert (await desk.level("TEA"), await desk.level("OOLONG")) == ((1, 1), (3, 1))
    assert await desk.ledger_adds_up()
    assert await desk.rows(tables.correction) == []
