"""The explanation as a person reads it, in the current details of the Temporal UI and in the terminal (M4)."""

from __future__ import annotations

from typing import Any

from domain.catalogue.forms import money
from domain.catalogue.text import label
from domain.manual.explain import Explanation
from domain.manual.step_view import StepView
from domain.order import Order


def as_text(order: Order, found: Explanation) -> str:
    """The explanation as Markdown, in the policy's language."""
    language = order.policy.language
    say = {"zh-Hans": _CHINESE}.get(language, _ENGLISH)
    lines = [f"**{label('stage', found.pending or found.stage, language)}** · {order.number}"]
    lines += [
        f"- {say['waiting']}: {label('role', wait.who, language)} — {_what(wait.what, language)} "
        f"({say['since']} {_time(wait.since)}" + (f", {say['until']} {_time(wait.until)})" if wait.until else ")")
        for wait in found.waiting
    ]
    lines += [_step(step, language, say) for step in found.steps]
    if found.until:
        lines.append(f"- {say['until']}: {_time(found.until)} ({found.until_clock})")
    if found.next_at:
        lines.append(f"- {say['next']}: {found.next_name} @ {_time(found.next_at)}")
    if found.attention:
        lines.append(f"- {say['attention']}: {', '.join(found.attention)}")
    lines += [
        f"- {say['case']} {case.no}: {label('case', case.kind, language)} · {case.subject} · L{case.level} {case.cause}"
        for case in order.open_cases
    ]
    lines += [
        f"- {say['debt']}: {label('finding', owed.code, language)} ({owed.field})"
        + (f" @ {_time(owed.due_at)}" if owed.due_at else "")
        for owed in found.debts
    ]
    lines += [
        f"- {say['coupon']} · {coupon.incident} · {money(coupon.amount, coupon.currency, language)} · {coupon.edition}"
        for coupon in found.coupons
        if coupon.amount
    ]
    lines += [f"- {say['split']}: {subject}" for subject in found.splits]
    lines.append(f"- {say['open']}: {', '.join(f'`{action}`' for action in found.actions) or '—'}")
    reasons = dict.fromkeys(found.closed.values())
    for reason in () if found.final else reasons:
        shut = (f"`{action}`" for action, why in found.closed.items() if why == reason)
        lines.append(f"- {say['closed']}: {', '.join(shut)} — {reason}")
    return "\n".join(lines)


def _step(step: StepView, language: str, say: dict[str, str]) -> str:
    """A step: what it is, what was tried, and the requests that name it."""
    tried = [
        f"{label('effect', effect.kind, language)} `{effect.key}` {effect.status} ×{effect.asked}"
        + (f" {effect.error}" if effect.error else "")
        for effect in step.effects
    ]
    word = label("step", step.word.partition("-")[0], language)
    buttons = ", ".join(f"`{button}`" for button in step.buttons)
    return "; ".join([f"- {say['step']} `{step.step}`: {word}", *tried, buttons])


def _what(what: str, language: str) -> str:
    return label("effect", what, language) if what.replace("_", "").isalpha() else what


def _time(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


_CHINESE = {
    "waiting": "等待",
    "since": "自",
    "until": "时限",
    "next": "系统下一步",
    "attention": "需要处理",
    "case": "异常",
    "step": "步骤",
    "debt": "待补审核",
    "coupon": "补偿优惠券",
    "split": "各包裹所装商品未告知",
    "open": "可用操作",
    "closed": "不可用",
}
_ENGLISH = {
    "waiting": "waiting for",
    "since": "since",
    "until": "until",
    "next": "next, by itself",
    "attention": "needs attention",
    "case": "case",
    "step": "step",
    "debt": "audit debt",
    "coupon": "coupon",
    "split": "which goods are in which parcel is not told",
    "open": "open actions",
    "closed": "closed actions",
}
