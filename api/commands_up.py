"""`orders up`: everything on one machine, until Ctrl-C."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from infra.local import Stack
from infra.trouble import Trouble
from infra.whereabouts import load_settings

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(
    data: Annotated[Path | None, typer.Option(help="Data folder (default .orders, or ORDERS_DATA)")] = None,
    port: Annotated[str | None, typer.Option(help="Port of the API, or auto: free ports for everything")] = None,
) -> None:
    """Bring up databases, worker, API and simulated parties; Ctrl-C stops everything, and nothing is lost."""
    stack = Stack(load_settings(**overrides(data, port)), say=say)
    asyncio.run(run_until_stopped(stack, lambda: say(banner(stack))))


async def run_until_stopped(stack: Stack, when_up: Callable[[], None]) -> None:
    """Start a stack, call `when_up`, wait for Ctrl-C or SIGTERM, stop it again.

    Raises:
        Trouble: it cannot start; what had started is stopped again.
    """
    told = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    began = time.monotonic()
    say("Starting ...")
    starting, stopping = asyncio.create_task(stack.start()), asyncio.create_task(told.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            say(f"Up after {time.monotonic() - began:.1f} s.")
            when_up()
            await stopping
        say("Stopping ...")
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await stack.stop()
    say(f"Stopped. Everything is kept in {stack.folder.path}; the next start goes on from there.")


def banner(stack: Stack) -> str:
    """Where to go from here."""
    orders_in_ui = f"{stack.ui_url}/namespaces/{stack.settings.namespace}/workflows"
    rows = {
        "API docs": f"{stack.api_url}/docs",
        "Temporal UI": orders_in_ui if stack.ui_url else "not known; name it in ORDERS_UI_URL",
        "Outside parties": f"{stack.simulators_url} (simulated)",
        "Keys": _near(stack.settings.keys_file),
        "Logs": _near(stack.folder.logs),
    }
    links = "\n".join(f"  {name:<16} {where}" for name, where in rows.items())
    return f"\n{links}\n\nCtrl-C stops everything; nothing is lost.\n"


def say(sentence: str) -> None:
    """Tell the person at the terminal, beside what a program may read from stdout."""
    typer.echo(sentence, file=sys.stderr)


def overrides(data: Path | None, port: str | None) -> dict[str, object]:
    """The settings that the command line decides.

    Raises:
        Trouble: the port is neither a number nor auto.
    """
    chosen: dict[str, object] = {} if data is None else {"data": data}
    if port is None:
        return chosen
    if port == "auto":
        return chosen | {"ports": "auto"}
    if not port.isdigit():
        raise Trouble(f"--port {port} is neither a number nor auto.", "Write --port auto, or --port 8001.")
    return chosen | {"api_port": int(port)}


def _near(path: Path) -> str:
    """A path as seen from here, where it is below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
