"""What was told of refunds and claims, and answered, for the timeline (edge cases 24 and 32)."""

from __future__ import annotations

from domain.catalogue.words import Words

CLAIMS: dict[str, Words] = {
    "refund_requested": (
        (
            "买家申请退款{amount:money}（{application}），货物先不发出。",
            "The buyer applied for a refund of {amount:money} ({application}); the goods stay here.",
        ),
        (
            "买家申请退款（{application}），货物先不发出。",
            "The buyer applied for a refund ({application}); the goods stay here.",
        ),
    ),
    "refund_withdrawn": (
        ("买家撤回退款申请（{application}）。", "The buyer took the refund application {application} back."),
    ),
    "refund_decided": (
        (
            "平台裁定退款申请（{application}）：{verdict:verdict_of_people}。",
            "The platform decided about the refund application {application}: {verdict:verdict_of_people}.",
        ),
    ),
    "refunded": (
        (
            "支付方已退款{amount:money}，凭证号{reference}。",
            "The payer paid {amount:money} back, reference {reference}.",
        ),
    ),
    "not_received_claim": (("客户称未收到货（{claim}）。", "The customer says that nothing came ({claim})."),),
    "wrong_goods_claim": (("客户称收到的货物不对（{claim}）。", "The customer says that other goods came ({claim})."),),
    "missing_goods_claim": (("客户称货物短少（{claim}）。", "The customer says that goods are missing ({claim})."),),
    "claim_withdrawn": (("客户撤回主张（{claim}）。", "The customer took the claim {claim} back."),),
    "answer_refund": (
        (
            "{actor}答复退款申请{application}（{verdict:verdict_of_people}）：{reason}。",
            "{actor} answered the refund application {application} ({verdict:verdict_of_people}): {reason}.",
        ),
    ),
    "refund_answer_pushed": (
        (
            "退款申请{application}的答复已告知渠道（{verdict:verdict_of_people}）。",
            "The channel was told of our answer to application {application} ({verdict:verdict_of_people}).",
        ),
    ),
}
