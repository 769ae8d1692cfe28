"""What stands on the page on which a customer answers (M18)."""

from __future__ import annotations

from domain.catalogue.words import Words

PAGES: dict[str, Words] = {
    "title": (("订单信息确认", "About your order"),),
    "enter_code": (("请输入短信中的验证码。", "Please enter the code from our message."),),
    "code": (("验证码", "Code"),),
    "open": (("打开", "Open"),),
    "wrong_code": (
        (
            "验证码不正确或已过期，请核对后重新输入，或联系客服。",
            "This code is wrong or no longer valid. Please check it and try again, or call us.",
        ),
    ),
    "too_many": (
        (
            "尝试次数过多，请{minutes}分钟后再试，或联系客服。",
            "Too many attempts. Please try again in {minutes} minutes, or call us.",
        ),
    ),
    "over": (("此链接无效或已过期，请联系客服。", "This link is wrong or no longer valid. Please call us."),),
    "order": (("订单 {no}", "Order {no}"),),
    "please_check": (("请核对以下信息：", "Please check this:"),),
    "please_choose": (("请选择：", "Please choose:"),),
    "until": (("请在{deadline:moment}前答复。", "Please answer by {deadline:moment}."),),
    "otherwise": (("逾期未答复：{option:option}。", "If we hear nothing: {option:option}."),),
    "now": (("现为：{value}", "Now: {value}"),),
    "unknown": (("现为空", "Now empty"),),
    "stays": (("不填则不变", "leave it empty to keep it"),),
    "more": (("需补{difference:money}", "{difference:money} more"),),
    "less": (("退{difference:money}", "{difference:money} back"),),
    "by": (("{day:date}", "{day:date}"),),
    "sure": (("您确定吗？{option:option}。此操作无法撤回。", "Are you sure? {option:option}. It cannot be undone."),),
    "back": (("返回", "Go back"),),
    "thanks": (("谢谢，已收到您的答复：{option:option}。", "Thank you. Your answer: {option:option}."),),
    "answered": (
        ("此问题已经答复过了：{option:option}。", "This was answered before: {option:option}."),
        ("此问题已经答复过了。", "This was answered before."),
    ),
    "too_late": (
        (
            "答复期限已过，已处理为：{option:option}。如需更改请联系客服。",
            "The time to answer is over. What was done: {option:option}. Please call us to change it.",
        ),
        ("答复期限已过。如需更改请联系客服。", "The time to answer is over. Please call us to change it."),
    ),
    "moot": (("此问题已经解决，无须答复。", "This is settled by now; no answer is needed."),),
    "incomplete": (("请填写要更正的信息。", "Please fill in what is to be corrected."),),
    "unfit": (("填写的内容无法接受，请检查。", "We cannot take this as it is. Please check it."),),
    "not_now": (
        ("系统暂时无法受理，请稍后再试。", "We cannot take your answer right now. Please try again in a moment."),
    ),
}
"""By code."""
