"""What `orders up` puts into an empty house, and the keys to it (shapes "Keys", "Master data", "Policy")."""

import stat
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.policy import STANDARD
from infra.db import tables
from infra.db.keys import Holder, Role, holder_of, keep_key, new_key
from infra.db.master_data import Sku, Warehouse, known_skus, put_skus, put_warehouse
from infra.db.policies import EditionTaken, put_edition
from infra.db.seed import first_start
from tests.departments.desk import Desk

AT = datetime(2026, 11, 23, tzinfo=UTC)
FILLED = (tables.api_key, tables.policy_edition, tables.warehouse, tables.sku, tables.stock_level)


async def test_the_first_start_gives_a_key_of_each_role(desk: Desk, database_url: str, tmp_path: Path) -> None:
    await first_start(database_url, tmp_path)
    file = tmp_path / "keys.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = tomllib.loads(file.read_text(encoding="utf-8"))["keys"]
    assert set(keys) == set(Role)
    async with desk.engine.begin() as connection:
        for role, key in keys.items():
            holder = await holder_of(connection, key)
            assert holder == Holder(role=Role(role), name=role)


async def test_a_second_start_changes_nothing(desk: Desk, database_url: str, tmp_path: Path) -> None:
    await first_start(database_url, tmp_path)
    before = [await desk.rows(table) for table in FILLED], (tmp_path / "keys.toml").read_bytes()
    await first_start(database_url, tmp_path)
    assert ([await desk.rows(table) for table in FILLED], (tmp_path / "keys.toml").read_bytes()) == before


async def test_the_first_order_of_the_readme_has_something_to_order(
    desk: Desk, database_url: str, tmp_path: Path
) -> None:
    await first_start(database_url, tmp_path)
    assert len(await desk.rows(tables.warehouse)) == 2
    assert len(await desk.rows(tables.sku)) == 12
    (tea,) = await desk.rows(tables.sku, sku="TEA-250")
    assert (tea["specification"], tea["sellable"]) == ("250g", True)


async def test_the_keys_of_the_file_open_a_new_database_too(desk: Desk, database_url: str, tmp_path: Path) -> None:
    key = new_key()
    (tmp_path / "keys.toml").write_text(f'[keys]\nviewer = "{key}"\n', encoding="utf-8")
    await first_start(database_url, tmp_path)
    async with desk.engine.begin() as connection:
        assert await holder_of(connection, key) == Holder(role=Role.VIEWER, name="viewer")


async def test_a_key_is_kept_as_a_digest_and_a_wrong_one_opens_nothing(desk: Desk) -> None:
    key = new_key()
    async with desk.engine.begin() as connection:
        await keep_key(connection, key, Holder(role=Role.FINANCE, tenant="other", name="Li"), AT)
    (row,) = await desk.rows(tables.api_key)
    assert key not in str(row)
    async with desk.engine.begin() as connection:
        assert await holder_of(connection, key) == Holder(role=Role.FINANCE, tenant="other", name="Li")
        for wrong in ("", key[:-1], key[:12], key.swapcase(), new_key()):
            assert await holder_of(connection, wrong) is None


async def test_a_revoked_key_opens_nothing(desk: Desk) -> None:
    key = new_key()
    async with desk.engine.begin() as connection:
        await keep_key(connection, key, Holder(role=Role.VIEWER), AT)
        await connection.execute(tables.api_key.update().values(revoked_at=AT))
        assert await holder_of(connection, key) is None


async def test_an_edition_never_changes(desk: Desk) -> None:
    async with desk.engine.begin() as connection:
        assert await put_edition(connection, STANDARD, AT)
        assert not await put_edition(connection, STANDARD, AT)
        with pytest.raises(EditionTaken, match="new name"):
            await put_edition(connection, STANDARD.having(zone="UTC"), AT)
        with pytest.raises(EditionTaken):
            await put_edition(connection, STANDARD, AT, channel="tmall")


async def test_master_data_is_replaced_by_what_comes_last(desk: Desk) -> None:
    async with desk.engine.begin() as connection:
        await put_skus(connection, [Sku("TEA", "龙井", "250g"), Sku("CUP")])
        await put_skus(connection, [Sku("TEA", "龙井", "500g", sellable=False)])
        await put_warehouse(connection, Warehouse("WH", "仓", 10, "华东"))
        await put_warehouse(connection, Warehouse("WH", "新仓", 20, "华东"))
        known = await known_skus(connection, ["TEA", "NOPE"])
    assert {name: (sku.specification, sku.sellable) for name, sku in known.items()} == {"TEA": ("500g", False)}
    (warehouse,) = await desk.rows(tables.warehouse)
    assert (warehouse["name"], warehouse["priority"]) == ("新仓", 20)
