"""Free conditions of an edition (§6.3): text of the rule-engine language over typed names, in exact decimals.

A condition that cannot be read, names something unknown or answers no yes or no is refused when its edition is put.
One that fails over an order nevertheless lets nothing pass: that is the finding ``RULE_FAILED``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Context as Decimals
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from domain.audit.papers import Papers
from domain.audit_policy import Condition
from domain.catalogue.forms import EXPONENTS
from domain.findings import Finding, Severity
from domain.money import receivable
from domain.posted import value_at

if TYPE_CHECKING:
    import rule_engine
    from rule_engine.errors import EngineError

RULE_FAILED = "RULE_FAILED"
NUMBER, WORD, WORDS = "number", "word", "words"
DIGITS = 28
"""Of exact decimal arithmetic."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name a condition may use: its type, the fields it is read from, and how."""

    kind: str
    reads: tuple[str, ...]
    of: Callable[[Papers], Any]


def _amount(name: str) -> Symbol:
    return Symbol(NUMBER, (name, "currency"), lambda papers: money(papers, getattr(papers.content, name)))


def _word(path: str) -> Symbol:
    return Symbol(WORD, (path,), lambda papers: str(value_at(papers.raw, path) or ""))


def _quantities(choose: Callable[[Iterable[int]], int]) -> Symbol:
    return Symbol(
        NUMBER,
        ("lines.*.quantity",),
        lambda papers: Decimal(choose(line.quantity for line in papers.content.lines)),
    )


def _unit_prices(choose: Callable[[Iterable[int]], int]) -> Symbol:
    return Symbol(
        NUMBER,
        ("lines.*.unit_price", "currency"),
        lambda papers: money(papers, choose(line.unit_price for line in papers.content.lines)),
    )


SYMBOLS: dict[str, Symbol] = {
    **{name: _amount(name) for name in ("total", "freight", "discount", "platform_discount", "tax")},
    "receivable": Symbol(
        NUMBER,
        ("lines", "discount", "freight", "tax", "currency"),
        lambda papers: money(papers, receivable(papers.content)),
    ),
    "paid": Symbol(
        NUMBER,
        ("payment.paid_amount", "currency"),
        lambda papers: money(papers, value_at(papers.raw, "payment.paid_amount") or 0),
    ),
    "channel": _word("channel"),
    "currency": _word("currency"),
    "province": _word("address.province"),
    "city": _word("address.city"),
    "district": _word("address.district"),
    "payment_method": _word("payment.method"),
    "delivery_method": Symbol(WORD, ("delivery_method",), lambda papers: papers.content.delivery_method),
    "buyer_message": _word("buyer_message"),
    "skus": Symbol(WORDS, ("lines.*.sku",), lambda papers: tuple(line.sku for line in papers.content.lines)),
    "specifications": Symbol(
        WORDS, ("lines.*.specification",), lambda papers: tuple(line.specification for line in papers.content.lines)
    ),
    "line_count": Symbol(NUMBER, ("lines",), lambda papers: Decimal(len(papers.content.lines))),
    "units": _quantities(sum),
    "largest_quantity": _quantities(max),
    "dearest_unit_price": _unit_prices(max),
    "cheapest_unit_price": _unit_prices(min),
}
"""Every name; amounts are in major units (136.00)."""
FUNCTIONS = frozenset({"any", "all", "sum", "min", "max", "abs"})
"""What may be called by ``$name``: the same answer for the same order, today and tomorrow."""
TOO_MUCH = re.compile(r"\*\*|=~|!~")
"""A power or a pattern may take for ever."""


class UnfitCondition(ValueError):
    """The caller's to correct: why a condition cannot be used, and what to write instead."""


def money(papers: Papers, minor: int) -> Decimal:
    """An amount in major units, exact."""
    return Decimal(minor).scaleb(-EXPONENTS.get(papers.content.currency, 2))


@cache
def compiled(when: str) -> rule_engine.Rule:
    """The condition, ready to be asked.

    Raises:
        UnfitCondition: it cannot be used.
    """
    import rule_engine  # noqa: PLC0415 - half a second, and most processes never ask a condition
    from rule_engine.errors import EngineError  # noqa: PLC0415

    kinds = {NUMBER: rule_engine.DataType.FLOAT, WORD: rule_engine.DataType.STRING}
    kinds[WORDS] = rule_engine.DataType.ARRAY(kinds[WORD])
    _only_allowed(when)
    context = rule_engine.Context(
        type_resolver={name: kinds[symbol.kind] for name, symbol in SYMBOLS.items()},
        decimal_context=Decimals(prec=DIGITS),
        default_timezone="utc",
    )
    try:
        rule = rule_engine.Rule(when, context=context)
    except EngineError as error:
        raise UnfitCondition(_said(error)) from error
    answers: Any = rule.statement.expression.result_type
    if answers != rule_engine.DataType.BOOLEAN:
        raise UnfitCondition("it answers no yes or no; compare it with something")
    return rule


def _only_allowed(when: str) -> None:
    foreign = sorted(set(re.findall(r"\$(\w+)", when)) - FUNCTIONS)
    if foreign:
        raise UnfitCondition(
            f"${foreign[0]} is not allowed; only {', '.join(f'${name}' for name in sorted(FUNCTIONS))}"
        )
    if TOO_MUCH.search(when):
        raise UnfitCondition("powers and patterns are not allowed; use == in starts_with(…) ends_with(…)")


def _said(error: EngineError) -> str:
    suggestion = getattr(error, "suggestion", None)
    return f"{error.message}; did you mean {suggestion}?" if suggestion else str(error.message)


def reads(condition: Condition) -> tuple[str, ...]:
    """The fields a condition depends on; everything where it cannot be read."""
    try:
        names = sorted(compiled(condition.when).context.symbols & SYMBOLS.keys())
    except UnfitCondition:
        return ("*",)
    return tuple(dict.fromkeys(path for name in names for path in SYMBOLS[name].reads))


def ask(condition: Condition, papers: Papers) -> Iterator[Finding]:
    """The condition's finding where it holds, and RULE_FAILED where it gives no answer."""
    try:
        rule = compiled(condition.when)
        holds = rule.matches({name: SYMBOLS[name].of(papers) for name in rule.context.symbols & SYMBOLS.keys()})
    except Exception as error:  # noqa: BLE001 - whatever went wrong, no answer is no pass
        params: dict[str, str | int] = {"rule": condition.code, "error": type(error).__name__}
        yield Finding(code=RULE_FAILED, field=condition.field, params=params)
        return
    if holds:
        yield Finding(
            code=condition.code,
            field=condition.field,
            severity=Severity(condition.severity),
            params={"zh": condition.zh, "en": condition.en},
        )


def unfit(conditions: Iterable[Condition], taken: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """What is wrong with an edition's conditions: place, field and reason.

    Args:
        conditions: as given.
        taken: the codes that stand for something else already.
    """
    codes = set(taken)
    for place, condition in enumerate(conditions):
        if condition.code in codes:
            yield place, "code", f"{condition.code} stands for another rule; take a code of its own"
        codes.add(condition.code)
        try:
            compiled(condition.when)
        except UnfitCondition as reason:
            yield place, "when", str(reason)
