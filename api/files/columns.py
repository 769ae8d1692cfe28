"""The columns of a file of orders: our names, how each is read, and what offices call it (SR-011)."""

from __future__ import annotations

OF_ORDER = {
    "channel": ("channel",),
    "external_id": ("external_id",),
    "placed_at": ("placed_at",),
    "name": ("customer", "name"),
    "phone": ("customer", "phone"),
    "buyer_key": ("customer", "buyer_key"),
    "province": ("address", "province"),
    "city": ("address", "city"),
    "district": ("address", "district"),
    "street": ("address", "street"),
    "currency": ("currency",),
    "freight": ("freight",),
    "discount": ("discount",),
    "platform_discount": ("platform_discount",),
    "tax": ("tax",),
    "total": ("total",),
    "payment_method": ("payment", "method"),
    "paid_amount": ("payment", "paid_amount"),
    "paid_at": ("payment", "paid_at"),
    "delivery_method": ("delivery_method",),
    "latest_ship_at": ("latest_ship_at",),
    "promised_delivery_date": ("promised_delivery_date",),
    "buyer_message": ("buyer_message",),
    "seller_memo": ("seller_memo",),
    "email": ("customer", "email"),
    "invoice_title": ("invoice", "title"),
    "tax_id": ("invoice", "tax_id"),
    "gift_note": ("gift_note",),
    "preferred_delivery_window": ("preferred_delivery_window",),
}
"""Column → the order's field. On the rows after an order's first these may be empty."""
OF_LINE = {
    "line": "line",
    "sku": "sku",
    "specification": "specification",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "line_discount": "discount",
}
"""Column → the line's field. An empty ``line`` counts the order's rows."""
OF_ORIGIN = ("submitter", "document_no")
"""Who handed the order in, and under which number of their own (SR-011)."""
COLUMNS = (*OF_ORDER, *OF_LINE, *OF_ORIGIN)
NEEDED = ("channel", "external_id", "placed_at", "currency", "total", "payment_method", "quantity", "unit_price")
AMOUNTS = frozenset(
    {"freight", "discount", "platform_discount", "tax", "total", "paid_amount", "unit_price", "line_discount"}
)
WHOLE = AMOUNTS | {"quantity"}
IDS = frozenset({"external_id", "document_no", "sku", "phone", "buyer_key", "line"})
TIMES = frozenset({"placed_at", "paid_at", "latest_ship_at"})
DATES = frozenset({"promised_delivery_date"})

ALIASES: dict[str, tuple[str, ...]] = {
    "channel": ("渠道", "销售渠道", "平台", "店铺", "sales channel"),
    "external_id": ("订单号", "订单编号", "单号", "平台单号", "外部单号", "order id", "order no", "order number"),
    "placed_at": ("下单时间", "下单日期", "订单日期", "订购时间", "开单时间", "order date", "order time"),
    "name": ("收货人", "收件人", "收货人姓名", "收件人姓名", "客户姓名", "姓名", "客户", "customer name", "recipient"),
    "phone": ("电话", "手机", "手机号", "联系电话", "收货人电话", "联系方式", "customer phone", "mobile", "telephone"),
    "buyer_key": ("买家账号", "买家昵称", "会员号", "客户编号", "buyer id", "customer id"),
    "province": ("省", "省份", "收货省份", "state"),
    "city": ("市", "城市", "收货城市"),
    "district": ("区", "区县", "区/县", "县", "county"),
    "street": ("地址", "详细地址", "收货地址", "街道", "街道地址", "address", "street address"),
    "currency": ("币种", "货币", "currency code"),
    "freight": ("运费", "邮费", "快递费", "shipping fee", "shipping cost"),
    "discount": ("优惠", "订单优惠", "折扣金额", "优惠金额", "order discount"),
    "platform_discount": ("平台优惠", "平台补贴", "平台券"),
    "tax": ("税", "税额", "税费"),
    "total": (
        "总额",
        "合计",
        "合计金额",
        "订单金额",
        "订单总额",
        "应收金额",
        "实付金额",
        "order total",
        "total amount",
    ),
    "payment_method": ("付款方式", "支付方式", "结算方式", "payment"),
    "paid_amount": ("已付金额", "已付", "付款金额", "amount paid"),
    "paid_at": ("付款时间", "支付时间", "付款日期", "payment date"),
    "delivery_method": ("配送方式", "发货方式", "运输方式", "送货方式", "shipping method"),
    "latest_ship_at": ("最晚发货时间", "最迟发货时间", "发货截止", "ship by"),
    "promised_delivery_date": ("承诺送达日期", "预计送达", "要求到货日期", "交货日期", "delivery date"),
    "buyer_message": ("买家留言", "客户留言", "留言", "buyer note"),
    "email": ("邮箱", "电子邮箱", "e-mail"),
    "invoice_title": ("发票抬头", "invoice title"),
    "tax_id": ("税号", "纳税人识别号", "tax number"),
    "gift_note": ("贺卡", "贺卡内容", "礼品留言", "gift text"),
    "preferred_delivery_window": ("期望送达时段", "送货时段", "delivery window"),
    "seller_memo": ("备注", "卖家备注", "内部备注", "说明", "remarks", "notes"),
    "line": ("行号", "明细行", "line no"),
    "sku": ("商品编码", "货号", "产品编码", "物料编码", "编码", "sku code", "product id", "item code"),
    "specification": ("规格", "型号", "规格型号", "商品规格", "spec"),
    "quantity": ("数量", "件数", "订购数量", "购买数量", "qty"),
    "unit_price": ("单价", "商品单价", "价格", "销售单价", "price"),
    "line_discount": ("行优惠", "单品优惠", "商品优惠", "行折扣"),
    "submitter": ("提交人", "业务员", "录单人", "经手人", "门店", "sales rep"),
    "document_no": ("单据号", "单据编号", "凭证号", "表单编号", "document number", "form no"),
}
"""Field → what offices write above its column; other wordings are found by likeness, and shown first."""
LABELS = {field: names[0] for field, names in ALIASES.items()}
"""Field → its Chinese header in the template."""

WORDS: dict[str, dict[str, str]] = {
    "payment_method": {
        **dict.fromkeys(("预付", "预付款", "已付款", "在线支付", "微信", "支付宝", "转账", "现金"), "prepaid"),
        **dict.fromkeys(("货到付款", "到付"), "cod"),
        **dict.fromkeys(("月结", "账期", "赊账", "赊销", "挂账"), "credit"),
    },
    "delivery_method": {
        **dict.fromkeys(("快递", "物流", "快递配送"), "express"),
        **dict.fromkeys(("自提", "门店自提", "上门自提"), "pickup"),
        **dict.fromkeys(("自有车队", "送货上门", "自送"), "own_fleet"),
        **dict.fromkeys(("虚拟", "虚拟商品", "无需配送"), "virtual"),
    },
    "currency": {
        **dict.fromkeys(("人民币", "元", "rmb", "cny", "¥"), "CNY"),
        "美元": "USD",
        "欧元": "EUR",
        "日元": "JPY",
    },
    "channel": {
        "门店": "store",
        "业务员": "sales_rep",
        "天猫": "tmall",
        "淘宝": "taobao",
        "京东": "jd",
        "抖音": "douyin",
        "拼多多": "pdd",
        "微信小程序": "wechat",
    },
}
"""Field → what offices say for its words."""
PROVINCES = (
    *("北京市", "天津市", "上海市", "重庆市", "河北省", "山西省", "辽宁省", "吉林省", "黑龙江省", "江苏省", "浙江省"),
    *("安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "海南省", "四川省", "贵州省"),
    *("云南省", "陕西省", "甘肃省", "青海省", "台湾省", "内蒙古自治区", "广西壮族自治区", "西藏自治区"),
    *("宁夏回族自治区", "新疆维吾尔自治区", "香港特别行政区", "澳门特别行政区"),
)
CHOICES: dict[str, tuple[str, ...]] = {
    "channel": ("门店", "业务员"),
    "payment_method": ("预付", "货到付款", "月结"),
    "delivery_method": ("快递", "门店自提", "自有车队", "虚拟商品"),
    "province": PROVINCES,
}
"""Field → what the template's drop-down offers."""
