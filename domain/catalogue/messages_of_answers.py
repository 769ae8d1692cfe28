"""What the customer reads who is asked something (§4.13): a fixed address and a short code, or a link.

SMS providers refuse links in a text, so the address stands in the template and only the code varies.
"""

from __future__ import annotations

from domain.catalogue.words import Words

ANSWERS: dict[str, Words] = {
    "NEED_INFO": (
        (
            "订单{no}有信息需要确认：{fields:field}。请在{deadline:moment}前打开{address}，输入{code}核对；{goods:goods}。",
            "Please check {fields:field} of {no}: open {address} by {deadline:moment}, code {code}; {goods:goods}.",
        ),
        (
            "您的订单{no}有信息需要确认：{fields:field}。请在{deadline:moment}前点击{link}核对；{goods:goods}。",
            "Please check in your order {no}: {fields:field}. Open {link} by {deadline:moment}; {goods:goods}.",
        ),
    ),
    "ANSWER_REMINDER": (
        (
            "您的订单{no}仍在等待您的答复。请在{deadline:moment}前打开{address}，输入验证码{code}。",
            "Your order {no} still waits for your answer. Open {address} by {deadline:moment}, code {code}.",
        ),
        (
            "您的订单{no}仍在等待您的答复。请在{deadline:moment}前点击{link}。",
            "Your order {no} still waits for your answer. Please open {link} by {deadline:moment}.",
        ),
    ),
}
"""By the code a Letter names."""
