"""Which provinces a warehouse serves: the ``region`` of its master data, read against an order's province."""

from __future__ import annotations

import re

AREAS = {
    "华东": ("上海", "江苏", "浙江", "安徽", "福建", "江西", "山东"),
    "华南": ("广东", "广西", "海南"),
    "华中": ("河南", "湖北", "湖南"),
    "华北": ("北京", "天津", "河北", "山西", "内蒙古"),
    "东北": ("辽宁", "吉林", "黑龙江"),
    "西南": ("重庆", "四川", "贵州", "云南", "西藏"),
    "西北": ("陕西", "甘肃", "青海", "宁夏", "新疆"),
    "港澳台": ("香港", "澳门", "台湾"),
}
"""The areas into which an office divides the country; provinces by how their names begin."""
SEPARATORS = re.compile(r"[\s,;、，；/]+")


def serves(region: str, province: str) -> bool:
    """Whether a warehouse of this region serves the province; ``region`` names areas or provinces, one or several.

    A province may be written short or long: 浙江 serves 浙江省.
    """
    names = [name for name in SEPARATORS.split(region) if name]
    wanted = province.strip()
    return bool(wanted) and any(wanted.startswith(part) for name in names for part in (name, *AREAS.get(name, ())))
