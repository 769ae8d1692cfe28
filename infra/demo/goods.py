"""What the demo's merchants sell, from which warehouses, and to whom. All names, addresses and numbers are made up."""

from __future__ import annotations

from typing import NamedTuple


class Sku(NamedTuple):
    """One SKU; the price in fen, and the warehouses that have it."""

    sku: str
    name: str
    specification: str
    price: int
    warehouses: tuple[str, ...]


class Person(NamedTuple):
    """One customer."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


HANGZHOU, GUANGZHOU = "DEMO-HZ", "DEMO-GZ"
WAREHOUSES = {HANGZHOU: "杭州下沙仓", GUANGZHOU: "广州增城仓"}
STORE, STORE_NAME = "DEMO-SZ", "苏州观前街店"
"""A store that sends no parcels: it brings its goods to a warehouse."""
STOCK = 100_000
"""Units of each SKU that a run brings to each of its warehouses."""
BOTH = (HANGZHOU, GUANGZHOU)
SKUS = (
    Sku("DEMO-TEA-250", "明前龙井", "250克", 12800, BOTH),
    Sku("DEMO-TEA-500", "武夷肉桂", "500克", 26800, (HANGZHOU,)),
    Sku("DEMO-CUP-WHITE", "汝窑茶杯", "月白", 8900, BOTH),
    Sku("DEMO-CUP-BLUE", "汝窑茶杯", "天青", 8900, (HANGZHOU,)),
    Sku("DEMO-RICE-5", "五常大米", "5千克", 6990, BOTH),
    Sku("DEMO-RICE-10", "五常大米", "10千克", 12990, (GUANGZHOU,)),
    Sku("DEMO-SHIRT-M", "亚麻衬衫", "白色 M", 19900, BOTH),
    Sku("DEMO-SHIRT-L", "亚麻衬衫", "白色 L", 19900, BOTH),
    Sku("DEMO-LAMP", "护眼台灯", "暖白", 23900, (GUANGZHOU,)),
    Sku("DEMO-KETTLE", "电热水壶", "1.7升", 15900, BOTH),
    Sku("DEMO-NUTS", "每日坚果", "30袋", 9900, BOTH),
    Sku("DEMO-SOAP", "手工皂", "桂花 3块", 4500, (GUANGZHOU,)),
)
BY_SKU = {one.sku: one for one in SKUS}
PEOPLE = (
    Person("沈知微", "19900001001", "浙江省", "杭州市", "西湖区", "文一西路 588 号 3 幢 1202 室"),
    Person("顾长安", "19900001002", "江苏省", "苏州市", "姑苏区", "平江路 77 号"),
    Person("林晚秋", "19900001003", "上海市", "上海市", "徐汇区", "天平路 216 弄 9 号 501 室"),
    Person("陆清和", "19900001004", "北京市", "北京市", "海淀区", "中关村南大街 27 号院 6 楼"),
    Person("苏念安", "19900001005", "广东省", "广州市", "天河区", "体育东路 140 号 2806 室"),
    Person("江予白", "19900001006", "广东省", "深圳市", "南山区", "科苑南路 3099 号 B 座"),
    Person("许南乔", "19900001007", "四川省", "成都市", "武侯区", "桐梓林北路 12 号 4 单元"),
    Person("温如言", "19900001008", "湖北省", "武汉市", "洪山区", "珞喻路 1037 号西七舍"),
    Person("程砚秋", "19900001009", "陕西省", "西安市", "雁塔区", "雁南一路 8 号 11 楼"),
    Person("叶知秋", "19900001010", "山东省", "青岛市", "市南区", "香港中路 61 号乙 1503 室"),
    Person("傅云舟", "19900001011", "福建省", "厦门市", "思明区", "环岛南路 401 号"),
    Person("姜若水", "19900001012", "湖南省", "长沙市", "岳麓区", "潇湘中路 365 号 7 栋"),
    Person("白景行", "19900001013", "重庆市", "重庆市", "渝中区", "民生路 235 号 18 楼"),
    Person("秦望舒", "19900001014", "天津市", "天津市", "和平区", "南京路 189 号 2 门"),
    Person("周自衡", "19900001015", "云南省", "昆明市", "五华区", "翠湖北路 2 号"),
    Person("何处深", "19900001016", "黑龙江省", "哈尔滨市", "南岗区", "西大直街 92 号 5 单元"),
    Person("宋远山", "19900001017", "河南省", "郑州市", "金水区", "花园路 59 号院 3 号楼"),
    Person("方行简", "19900001018", "安徽省", "合肥市", "蜀山区", "黄山路 443 号"),
    Person("梁晓棠", "19900001019", "广西壮族自治区", "南宁市", "青秀区", "民族大道 136 号"),
    Person("谢临川", "19900001020", "江西省", "南昌市", "东湖区", "阳明路 56 号 902 室"),
)
