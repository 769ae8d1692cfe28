"""What `orders up` puts into an empty house (shapes "Master data", "Keys"): keys, policy, channels, goods.

Asked again, it changes nothing: keys come from the file, everything else stays as it is found.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import STANDARD
from infra.db.engine import open_engine
from infra.db.keys import Holder, Role, keep_key, new_key
from infra.db.policies import put_edition
from infra.db.tables import channel, sku, stock_level, warehouse

KEYS_FILE = "keys.toml"
FIRST_DAY = datetime(2000, 1, 2, tzinfo=UTC)
"""The manual's own edition is valid from always, each release's a day after the one before."""
WAREHOUSES = (
    {"warehouse": "WH-SH", "name": "上海仓", "priority": 10, "region": "华东"},
    {"warehouse": "WH-GZ", "name": "广州仓", "priority": 20, "region": "华南"},
)
SKUS = (
    ("TEA-250", "西湖龙井", "250g"),
    ("TEA-500", "西湖龙井", "500g"),
    ("TEA-PUER", "云南普洱", "357g"),
    ("CUP-WHITE", "白瓷茶杯", "白色"),
    ("CUP-BLUE", "青花茶杯", "青花"),
    ("POT-CLAY", "紫砂壶", "200ml"),
    ("TRAY-BAMBOO", "竹制茶盘", "40cm"),
    ("SHIRT-M", "纯棉衬衫", "白色 M"),
    ("SHIRT-L", "纯棉衬衫", "白色 L"),
    ("LAMP-DESK", "护眼台灯", "暖白"),
    ("HONEY-1", "百花蜂蜜", "1kg"),
    ("GIFT-BOX", "礼盒", ""),
)
"""SKU, name, specification."""
PULLED = ("tmall",)
"""Channels whose orders are pulled."""
UNITS = 10_000
"""Of each SKU in each warehouse."""


async def first_start(database_url: str, data_folder: Path) -> None:
    """Fill a migrated database, and write the keys, one of each role, to `keys.toml` of the folder (mode 0600).

    Args:
        database_url: `postgresql://user:password@host:port/database`.
        data_folder: exists.
    """
    keys = _keys(data_folder / KEYS_FILE)
    at = _now()
    engine = open_engine(database_url, pool=1)
    try:
        async with engine.begin() as connection:
            for role, key in keys.items():
                await keep_key(connection, key, Holder(role=Role(role)), at)
            await put_edition(connection, STANDARD, FIRST_DAY)
            await _goods(connection)
            await _channels(connection, at)
    finally:
        await engine.dispose()


def _keys(file: Path) -> Mapping[str, str]:
    """The keys of the file; a new file where there is none."""
    if file.exists():
        kept: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["keys"]
        return kept
    keys = {role.value: new_key() for role in Role}
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write("# Authorization: Bearer …, one key a role; whoever reads this file may use them all\n[keys]\n")
        new.writelines(f'{role} = "{key}"\n' for role, key in keys.items())
    draft.replace(file)
    return keys


async def _channels(connection: AsyncConnection, at: datetime) -> None:
    rows = [{"channel": name, "pulled": True, "pull_from": at} for name in PULLED]
    await connection.execute(insert(channel).values(rows).on_conflict_do_nothing())


async def _goods(connection: AsyncConnection) -> None:
    names = ("sku", "name", "specification")
    levels = [
        {"warehouse": place["warehouse"], "sku": row[0], "on_hand": UNITS} for place in WAREHOUSES for row in SKUS
    ]
    for table, rows in (
        (warehouse, list(WAREHOUSES)),
        (sku, [dict(zip(names, row, strict=True)) for row in SKUS]),
        (stock_level, levels),
    ):
        await connection.execute(insert(table).values(rows).on_conflict_do_nothing())


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one watch of a first start
