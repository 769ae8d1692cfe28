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
    "SHORTAGE_CHOICE": (
        (
            (
                "很抱歉，您的订单{no}中的{item}暂时缺货，您可以选择：{options:option}。请在{deadline:moment}前打开"
                "{address}，输入验证码{code}选择；逾期未选，我们将：{default:option}。"
            ),
            (
                "We are sorry: {item} of order {no} is out of stock. You may choose: {options:option}. Open {address} "
                "by {deadline:moment}, code {code}; if we hear nothing: {default:option}."
            ),
        ),
        (
            (
                "很抱歉，您的订单{no}中的{item}暂时缺货，您可以选择：{options:option}。请在{deadline:moment}前点击{link}"
                "选择；逾期未选，我们将：{default:option}。"
            ),
            (
                "We are sorry: {item} of order {no} is out of stock. You may choose: {options:option}. Open {link} by "
                "{deadline:moment}; if we hear nothing: {default:option}."
            ),
        ),
    ),
    "LATE_PAYMENT_CHOICE": (
        (
            (
                "您的订单{no}取消后收到付款{amount:money}，您可以选择：{options:option}。请在{deadline:moment}前打开"
                "{address}，输入验证码{code}选择；逾期未选，我们将：{default:option}。"
            ),
            (
                "{amount:money} came after your order {no} was cancelled. You may choose: {options:option}. Open "
                "{address} by {deadline:moment}, code {code}; if we hear nothing: {default:option}."
            ),
        ),
        (
            (
                "您的订单{no}取消后收到付款{amount:money}，您可以选择：{options:option}。请在{deadline:moment}前点击{link}"
                "选择；逾期未选，我们将：{default:option}。"
            ),
            (
                "{amount:money} came after your order {no} was cancelled. You may choose: {options:option}. Open "
                "{link} by {deadline:moment}; if we hear nothing: {default:option}."
            ),
        ),
    ),
    "PLATFORM_COUPON": (
        (
            "很抱歉给您带来不便，平台优惠券{amount:money}已放入您的账户，{days:days}内有效。",
            "We are sorry for the trouble. A coupon of {amount:money} is in your account, valid for {days:days}.",
        ),
    ),
    "SMALL_TRANSFER": (
        (
            "很抱歉给您带来不便，订单{no}的补偿款{amount:money}已退至您的付款账户。",
            "We are sorry for the trouble with order {no}. {amount:money} went to where you paid from.",
        ),
    ),
    "GIFT_SHORT": (
        (
            "您订单{no}的赠品{item}暂缺，其余商品照常发出，敬请谅解。",
            "The gift {item} of your order {no} is out of stock; the goods are sent without it. We are sorry.",
        ),
    ),
    "SHORTAGE_FOUND": (
        (
            "您订购的{item}已到货，无需再选择，我们将尽快发出。",
            "{item} is in stock after all; you need not choose any more. We send it soon.",
        ),
    ),
    "PAY_DIFFERENCE": (
        (
            "您已同意换货，请补付订单{no}的差价{amount:money}，收到后我们立即发货。",
            "Thank you for your choice. Please pay {amount:money} more for order {no}; then we send it at once.",
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
