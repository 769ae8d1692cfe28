"""The words of change requests (需求变更): what is changed, why not at once, what may be done instead (§4.7)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

CHANGES: Labels = {
    "CONTACT": ("收件人姓名或电话", "recipient's name or phone"),
    "ADDRESS": ("收货地址", "address"),
    "ADDRESS_SAME_REGION": ("收货地址（同省）", "address in the same region"),
    "ADDRESS_OTHER_REGION": ("收货地址（跨省或运费变动）", "address in another region, or with another freight"),
    "QUANTITY": ("数量", "quantity"),
    "QUANTITY_DOWN": ("减少数量或删除商品", "fewer units, or a line removed"),
    "QUANTITY_UP": ("增加数量或商品", "more units, or a line added"),
    "SUBSTITUTE": ("商品替换", "substitution"),
    "EXPEDITE": ("加急", "expedite"),
    "DELIVER_LATER": ("延后送达", "later delivery"),
    "INVOICE": ("发票抬头或税号", "invoice title or tax id"),
    "PAYMENT_METHOD": ("付款方式", "payment method"),
    "GIFT_NOTE": ("贺卡或备注", "gift note or remark"),
    "CANCEL": ("取消整单", "cancellation of the whole order"),
    "MERGE": ("与其他订单合并", "merge with another order"),
}
REASONS: Labels = {
    "AT_WAREHOUSE": ("订单已下发仓库，须先由仓库停止处理", "the warehouse has the order and has to stop first"),
    "BEING_PICKED": ("仓库正在拣货或已打包", "the warehouse is picking it, or has packed it"),
    "AT_DOCK": ("包裹已出库，等待揽收", "the parcel has left the warehouse and waits for its carrier"),
    "ON_ITS_WAY": ("包裹已在运输途中", "the parcel is on its way"),
    "OUT_FOR_DELIVERY": ("包裹正在派送", "the parcel is out for delivery"),
    "SIGNED_FOR": ("包裹已签收", "the parcel was signed for"),
    "NEEDS_CONSENT": ("须由销售确认", "sales have to agree"),
    "PAY_FIRST": ("须由顾客先补付费用", "the customer pays for it first"),
    "BY_HAND": ("须由人工处理", "a person has to do it"),
    "AFTER_SALE_OVER": ("订单已结束或已过售后期", "the order is over, or its days for changes are"),
    "CHANNEL_MANAGED": ("此平台的订单须由买家在平台上修改", "on this marketplace the buyer changes the order himself"),
    "NOT_RETURNABLE": ("定制或生鲜商品签收后不退换", "goods made to order and fresh goods are not taken back"),
    "QUOTE_EXPIRED": ("报价已过期", "its quote has expired"),
    "QUOTE_CHANGED": ("报价内容已变", "it is no longer what its quote says"),
}
"""Why a change is not simply made: the matrix's column, or what else stands in its way."""
ALTERNATIVES: Labels = {
    "contact_service": ("联系客服", "speak with customer service"),
    "ask_courier": ("直接联系快递员", "ask the courier"),
    "refuse_parcel": ("拒收包裹", "refuse the parcel at the door"),
    "return_goods": ("签收后申请退货", "return the goods after delivery"),
    "new_order": ("重新下单", "place a new order"),
    "wait_for_delivery": ("等待派送，预计当天送达", "wait: it is being delivered"),
    "edit_on_channel": ("请买家在平台上修改订单", "have the buyer edit the order on the platform"),
    "apply_on_channel": ("请买家在平台上申请退款后重拍", "have the buyer apply for a refund there and order anew"),
    "leave_apart": ("两单分别发货", "leave the two orders apart"),
}
"""What may be done instead."""
