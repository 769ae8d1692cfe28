"""The emergency audit relaxes what is not critical, and nothing else whatever an edition says (SR-103, A-07, M8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.audit.rules import audit, blocks
from domain.catalogue.labels_of_work import FINDINGS
from domain.editions import PROMOTION
from domain.emergency_audit import NON_CRITICAL, NON_CRITICAL_FIELDS, let_pass, may_pass, strict, unfit
from domain.findings import Finding, Severity
from domain.optional_fields import CHECKS, CREDIT_CODE, is_credit_code, optional_findings
from domain.policy import STANDARD, AuditPolicy
from tests.rules.test_audit_rules import GOOD, SKUS

CRITICAL_PATHS = (
    *("customer.name", "customer.phone", "address.province", "address.city", "address.district", "address.street"),
    *("lines.1.sku", "lines.1.quantity", "lines.1.unit_price", "lines.1.specification", "total", "discount", "freight"),
    *("payment.paid_amount", "payment.method", "voucher", "lines.1.design_id", "customer.buyer_key"),
)
"""What A-07 calls critical: name, phone, address, SKU, quantity, price, amount, payment, voucher, design."""


def said(**fields: object) -> set[str]:
    """What all optional checks find in an order that says this."""
    raw = {**GOOD, **fields}
    return {finding.code for finding in optional_findings(raw, AuditPolicy(checks=tuple(CHECKS)))}


def a_credit_code(body: str) -> str:
    return next(body + letter for letter in CREDIT_CODE if is_credit_code(body + letter))


# -- critical rules are never relaxed --------------------------------------------------------------------------------

anything = some.sampled_from(
    [*FINDINGS, *NON_CRITICAL, *NON_CRITICAL_FIELDS, *CRITICAL_PATHS, "", "*", ".", "address.", "customer.", "lines."]
)
findings = some.builds(
    Finding,
    code=some.sampled_from(sorted({*FINDINGS, *NON_CRITICAL, "PRICE_BELOW_FLOOR", "VOUCHER_REQUIRED", "NEW_RULE"})),
    field=some.sampled_from([*CRITICAL_PATHS, *NON_CRITICAL_FIELDS, "new.field"]),
    severity=some.sampled_from(Severity),
)


@pytest.mark.clause("SR-103", "AC-43")
@given(found=some.lists(findings), relaxed=some.lists(anything))
def test_whatever_an_edition_relaxes_nothing_critical_passes(found: list[Finding], relaxed: list[str]) -> None:
    standing, passed = let_pass(found, AuditPolicy(relaxed=tuple(relaxed)))
    assert sorted(map(repr, (*standing, *passed))) == sorted(map(repr, found)), "none is lost, none is made up"
    for finding in passed:
        assert finding.field in NON_CRITICAL_FIELDS
        assert finding.field not in CRITICAL_PATHS
        assert finding.severity is Severity.BLOCKING
        assert finding.code in {*CHECKS, "FIELD_MISSING"}
        assert finding.code in relaxed or finding.field in relaxed


@pytest.mark.clause("SR-103", "AC-43")
@pytest.mark.parametrize("path", [*CRITICAL_PATHS, "address.", "lines.", "total "])
@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_a_rule_about_a_critical_field_is_critical(code: str, path: str) -> None:
    finding = Finding(code=code, field=path)
    assert let_pass([finding], AuditPolicy(relaxed=(code, path))) == ((finding,), ())
    assert not may_pass(finding)


@pytest.mark.clause("SR-103", "AC-43")
def test_every_basic_rule_still_blocks_in_the_emergency() -> None:
    raw = {
        **GOOD,
        "customer": {"name": " ", "phone": "12"},
        "address": {},
        "lines": [{**GOOD["lines"][0], "sku": "NONE", "quantity": 0}],
        "total": 1,
    }
    everything = PROMOTION.audit.having(relaxed=(*FINDINGS, *CRITICAL_PATHS, *NON_CRITICAL_FIELDS))
    found = audit(raw, SKUS, everything)
    assert found
    assert let_pass(found, everything) == (found, ())
    assert blocks(found)


# -- what is relaxed -------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-103", "AC-43")
def test_what_is_not_critical_blocks_by_the_standard_and_is_owed_in_the_promotion() -> None:
    raw = {**GOOD, "invoice": {"title": " "}, "gift_note": "贺" * 201}
    found = optional_findings(raw, STANDARD.audit)
    assert [finding.code for finding in found] == ["INVOICE_TITLE_MISSING", "GIFT_NOTE_TOO_LONG"]
    assert blocks(found)
    assert let_pass(found, STANDARD.audit) == (found, ())
    assert let_pass(optional_findings(raw, PROMOTION.audit), PROMOTION.audit) == ((), found)
    assert let_pass(found, strict(PROMOTION.audit)) == (found, ())


def test_a_field_may_be_relaxed_by_its_path_alone() -> None:
    title = Finding(code="INVOICE_TITLE_MISSING", field="invoice.title")
    missing = Finding(code="FIELD_MISSING", field="customer.email")
    policy = AuditPolicy(relaxed=("customer.email",))
    assert let_pass([title, missing], policy) == ((title,), (missing,))


def test_an_edition_of_before_checks_and_relaxes_nothing() -> None:
    raw = {**GOOD, "customer": {"email": "?"}, "invoice": {}, "gift_note": "贺" * 999}
    old = AuditPolicy.model_validate({"required": [], "max_quantity": 9, "rounding": 1})
    assert optional_findings(raw, old) == ()
    assert (old.relaxed, old.relaxed_until) == ((), None)


@pytest.mark.clause("SR-103")
def test_an_edition_that_relaxes_what_is_critical_says_what_is_wrong() -> None:
    policy = AuditPolicy(relaxed=("EMAIL_MALFORMED", "AMOUNT_MISMATCH", "customer.phone"), checks=("NOTHING",))
    assert [(name, place) for name, place, _ in unfit(policy)] == [("relaxed", 1), ("relaxed", 2), ("checks", 0)]
    reasons = [reason for _, _, reason in unfit(policy)]
    assert reasons[0].startswith("AMOUNT_MISMATCH is critical or unknown and cannot be relaxed")
    assert reasons[0].endswith(
        "only these can: DELIVERY_WINDOW_MALFORMED, EMAIL_MALFORMED, GIFT_NOTE_TOO_LONG, INVOICE_TITLE_MISSING, "
        "TAX_ID_MALFORMED, customer.email, invoice.title, invoice.tax_id, gift_note, preferred_delivery_window, "
        "buyer_message, seller_memo"
    )
    assert reasons[2] == (
        "there is no optional check NOTHING; there are: EMAIL_MALFORMED, INVOICE_TITLE_MISSING, TAX_ID_MALFORMED, "
        "GIFT_NOTE_TOO_LONG, DELIVERY_WINDOW_MALFORMED"
    )
    assert list(unfit(PROMOTION.audit)) == list(unfit(STANDARD.audit)) == []


def test_the_promotion_is_the_manual_but_for_what_it_relaxes() -> None:
    assert set(PROMOTION.audit.relaxed) == NON_CRITICAL
    standard = PROMOTION.having(edition=STANDARD.edition, audit=strict(PROMOTION.audit), stock=STANDARD.stock)
    assert standard == STANDARD


# -- the optional checks themselves ----------------------------------------------------------------------------------


def test_an_order_that_says_nothing_besides_or_says_it_well_has_no_finding() -> None:
    assert said() == set()
    invoice = {"title": "茶业", "tax_id": a_credit_code("91330106MA2A00001")}
    window = {"gift_note": "生日快乐", "preferred_delivery_window": "18:00-21:00"}
    assert said(customer={"email": "wang@example.com"}, invoice=invoice, **window) == set()
    assert said(customer={"email": None}, invoice=None, gift_note="", preferred_delivery_window=" ") == set()


EMAILS = ("a@b.cn", "Wang.Xiao-ming+1@mail.example.com", "王@例子.公司", "  a@b.cn ", "w***@b.cn", "***", "w*@***")
NO_EMAILS = ("wang", "wang@", "@b.cn", "a@b", "a b@c.cn", "a@b.cn,c@d.cn", "a@.cn", "a@b..cn", "a@b.1")


@pytest.mark.parametrize(
    ("email", "wrong"), [*((each, False) for each in EMAILS), *((each, True) for each in NO_EMAILS)]
)
def test_an_email_has_the_form_of_one(email: str, *, wrong: bool) -> None:
    assert said(customer={"email": email}) == ({"EMAIL_MALFORMED"} if wrong else set())


@pytest.mark.parametrize(
    ("tax_id", "wrong"),
    [
        ("91350100M000100Y43", False),  # the example of GB 32100-2015
        ("91350100m000100y43", False),
        ("91350100M000100Y44", True),
        ("91350100M000100I43", True),
        ("123456789012345", False),
        ("12345678901234567890", False),
        ("1234567890123456", True),
        ("?", True),
    ],
)
def test_a_tax_id_has_the_form_of_one(tax_id: str, *, wrong: bool) -> None:
    assert said(invoice={"title": "t", "tax_id": tax_id}) == ({"TAX_ID_MALFORMED"} if wrong else set())


@pytest.mark.parametrize(
    ("window", "wrong"),
    [
        *((good, False) for good in ("09:00-12:00", "00:00-24:00", "18:00-18:01", "１８:00-21:00")),
        *((bad, True) for bad in ("evening", "9-12", "12:00-09:00", "09:00-09:00", "23:00-24:01", "25:00-26:00")),
    ],
)
def test_a_window_has_a_begin_and_a_later_end(window: str, *, wrong: bool) -> None:
    assert said(preferred_delivery_window=window) == ({"DELIVERY_WINDOW_MALFORMED"} if wrong else set())


def test_a_gift_note_fits_on_its_card() -> None:
    assert said(gift_note="贺" * 200) == set()
    assert said(gift_note="贺" * 201) == {"GIFT_NOTE_TOO_LONG"}


def test_a_finding_names_its_field_and_repeats_nothing_that_was_said() -> None:
    raw = {
        **GOOD,
        "customer": {"email": "wang"},
        "invoice": {"title": "", "tax_id": "?"},
        "gift_note": "贺" * 201,
        "preferred_delivery_window": "evening",
    }
    assert optional_findings(raw, AuditPolicy(checks=tuple(CHECKS))) == (
        Finding(code="EMAIL_MALFORMED", field="customer.email"),
        Finding(code="INVOICE_TITLE_MISSING", field="invoice.title"),
        Finding(code="TAX_ID_MALFORMED", field="invoice.tax_id"),
        Finding(code="GIFT_NOTE_TOO_LONG", field="gift_note", params={"length": 201, "most": 200}),
        Finding(code="DELIVERY_WINDOW_MALFORMED", field="preferred_delivery_window"),
    )


@pytest.mark.parametrize("title", [None, "", " ", "\u3000"])
def test_an_invoice_that_is_asked_for_has_a_title(title: str | None) -> None:
    assert said(invoice={"title": title, "tax_id": None}) == {"INVOICE_TITLE_MISSING"}
    assert said(invoice={"title": "个人", "tax_id": None}) == set()
