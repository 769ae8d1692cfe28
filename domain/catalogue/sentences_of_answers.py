"""What was asked of the customer and what they said, for the timeline (§1.3 C7, E1)."""

from __future__ import annotations

from domain.catalogue.words import Words

ANSWERS: dict[str, Words] = {
    "question_asked": (
        (
            "请客户答复（问题{question}）：{fields:field}。",
            "The customer is asked (question {question}): {fields:field}.",
        ),
        (
            "请客户选择（问题{question}）：{options:option}。",
            "The customer is asked to choose (question {question}): {options:option}.",
        ),
        ("请客户答复（问题{question}）。", "The customer is asked (question {question})."),
    ),
    "question_reminded": (("再次提醒客户答复问题{question}。", "The customer is reminded of question {question}."),),
    "late_choice_made": (
        ("客户答复问题{question}：{option:option}。", "The customer's answer to question {question}: {option:option}."),
    ),
    "order_reinstated": (
        (
            "订单已恢复为新订单{order_no}，付款转入该订单。",
            "The order lives on as {order_no}, and the payment is that order's.",
        ),
    ),
    "question_defaulted": (
        (
            "客户未按时答复问题{question}，按默认处理：{option:option}。",
            "The customer did not answer question {question} in time: {option:option}.",
        ),
    ),
    "question_withdrawn": (("问题{question}已无须客户答复。", "Question {question} needs no answer any more."),),
    "customer_choice": (
        ("{actor}答复问题{question}：{option:option}。", "{actor} answered question {question}: {option:option}."),
    ),
    "gift_left_out": (
        (
            "赠品{item}缺货，其余商品照发（案件{case}）。",
            "Short of the gift {item}: the goods go without it (case {case}).",
        ),
    ),
    "shortage_settled": (
        ("缺货处理（案件{case}，{item}）：{option:option}。", "Short of {item} (case {case}): {option:option}."),
        ("缺货处理（案件{case}）：{option:option}。", "Short of goods (case {case}): {option:option}."),
    ),
    "message_delivered": (
        ("消息已送达客户：{message:letter}。", "The message reached the customer: {message:letter}."),
    ),
    "message_undeliverable": (
        (
            "消息无法送达客户（{message:letter}）：{reason}。",
            "The message cannot reach the customer ({message:letter}): {reason}.",
        ),
        ("消息无法送达客户（{message:letter}）。", "The message cannot reach the customer ({message:letter})."),
    ),
    "details_doubted": (
        ("客户反映信息有误：{fields:field}。", "The customer says that something is wrong: {fields:field}."),
        ("客户反映收货地址有误。", "The customer says that the address is wrong."),
    ),
    "label_rejected": (
        (
            "仓库拒绝发货单{shipment}的面单：{reason}。",
            "The warehouse rejects the label of shipment {shipment}: {reason}.",
        ),
        ("仓库拒绝发货单{shipment}的面单。", "The warehouse rejects the label of shipment {shipment}."),
    ),
}
"""By the code an Entry of the timeline names."""
