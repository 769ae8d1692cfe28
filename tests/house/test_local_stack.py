"""The local stack keeps its promises: data survives, children die with their parent, errors say what to do."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from temporalio.client import Client

from infra.local import DATABASES, EVERYTHING, Extras, Stack
from infra.namespace import missing_search_attributes, prepare
from infra.settings import Settings
from infra.stack.folder import DataFolder, is_alive
from infra.stack.ports import Port, take
from infra.stack.programs import Child, Program
from infra.trouble import Trouble
from infra.whereabouts import load_settings

POSTGRES_ONLY = frozenset({"postgres"})


def settings_for(folder: Path) -> Settings:
    """Free ports, and embedded servers whatever the environment says."""
    return load_settings(ports="auto", data=folder).model_copy(update={"database_url": None, "temporal_address": None})


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        with pytest.raises(Trouble) as refused:
            take([Port("the API", "api_port", number)])
    assert refused.value.what == f"Port {number} (the API) is taken."
    assert "ORDERS_API_PORT" in refused.value.todo
    assert "--port auto" in refused.value.todo


def test_free_ports_differ() -> None:
    chosen = take([Port("the API", "api_port", 0), Port("Temporal", "temporal_port", 0)])
    assert len(set(chosen.values())) == 2


def test_a_second_stack_on_a_folder_is_told_what_to_do(tmp_path: Path) -> None:
    first = DataFolder(tmp_path)
    first.claim()
    with pytest.raises(Trouble, match="already runs") as refused:
        DataFolder(tmp_path).claim()
    assert "ORDERS_DATA" in refused.value.todo
    first.release()
    DataFolder(tmp_path).claim()


def test_with_external_servers_nothing_embedded_starts() -> None:
    outside = load_settings(database_url="postgresql://somebody@db/orders", temporal_address="temporal:7233")
    assert Stack(outside).services == EVERYTHING - DATABASES
    assert Stack(outside.model_copy(update={"temporal_address": None, "temporal_profile": "production"})).services == (
        EVERYTHING - DATABASES
    )


def test_the_children_read_what_the_stack_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decided = load_settings(ports="auto", data=tmp_path, database_url="postgresql://db/orders", temporal_address="t:1")
    environment = Stack(decided, extras=Extras(environment={"ORDERS_LOG_FORMAT": "json"})).environment
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == decided.model_copy(update={"log_format": "json"})


async def test_a_killed_database_comes_back_with_its_data(tmp_path: Path) -> None:
    said: list[str] = []
    async with Stack(settings_for(tmp_path), services=POSTGRES_ONLY, say=said.append) as stack:
        with psycopg.connect(stack.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        killed = stack.pids["postgres"]
        os.kill(killed, signal.SIGKILL)
        await until_reachable(stack.database_url)
        with psycopg.connect(stack.database_url) as connection:
            assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
        assert stack.pids["postgres"] != killed
    assert [sentence.split(",")[0] for sentence in said] == ["PostgreSQL ended"]


async def until_reachable(database_url: str) -> None:
    """Wait until PostgreSQL is back."""
    await asyncio.sleep(0.3)
    for _ in range(100):
        try:
            psycopg.connect(database_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            await asyncio.sleep(0.1)
        else:
            return


async def test_a_program_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    command = [sys.executable, "-c", "raise SystemExit('no such warehouse')"]
    child = Child(Program("worker", command, os.environ, tmp_path / "worker.log", never), print, lambda: None)
    with pytest.raises(Trouble, match=r"ended at once(.|\n)*no such warehouse"):
        await child.start()


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.servers", str(tmp_path / "data"), str(os.getpid())],
        env={name: value for name, value in os.environ.items() if name != "ORDERS_DATABASE_URL"},
        cwd=Path(__file__).parents[2],
    )
    running = None
    while parent.poll() is None and running is None:
        running = DataFolder(tmp_path / "data").running()
        time.sleep(0.05)
    assert running is not None
    assert running.pids
    parent.kill()
    parent.wait()
    until = time.monotonic() + 20
    while any(is_alive(pid) for pid in running.pids.values()) and time.monotonic() < until:
        time.sleep(0.05)
    assert [name for name, pid in running.pids.items() if is_alive(pid)] == []


async def test_a_prepared_namespace_is_left_as_it_is(client: Client) -> None:
    assert await missing_search_attributes(client) == []
    await prepare(client)
    assert await missing_search_attributes(client) == []
