"""The command line `orders`. Exit codes: 0 ok, 1 failed, 2 usage, 3 found problems, 4 refused.

Each `commands_*.py` beside this file holds one command or a few that belong together; they are registered here. Only
the one that is asked for is loaded.
"""

import gc
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer
from pydantic import ValidationError

from infra.trouble import Trouble

OK, FAILED, WRONG_USE = 0, 1, 2
COLOR = False if os.environ.get("NO_COLOR") else None
"""None: colours on a terminal only."""

SYSTEM, ORDERS, REQUESTS = "The system", "Orders", "Requests"
COMMANDS = {
    "up": ("api.commands_up", "up", SYSTEM),
    "demo": ("api.commands_demo", "demo", SYSTEM),
    "doctor": ("api.commands_doctor", "doctor", SYSTEM),
    "import": ("api.commands_import", "import_", ORDERS),
    "paper-kit": ("api.commands_import", "paper_kit", ORDERS),
    "list": ("api.commands_orders", "list_", ORDERS),
    "show": ("api.commands_orders", "show", ORDERS),
    "explain": ("api.commands_orders", "explain", ORDERS),
    "stock": ("api.commands_stock", "stock", SYSTEM),
    "takeover": ("api.commands_takeover", "takeover", ORDERS),
    "trail": ("api.commands_trail", "trail", ORDERS),
    "ask": ("api.commands_ask", "ask", REQUESTS),
    "retry": ("api.commands_ask", "retry", REQUESTS),
    "skip": ("api.commands_ask", "skip", REQUESTS),
    "hold": ("api.commands_ask", "hold", REQUESTS),
    "cancel": ("api.commands_ask", "cancel", REQUESTS),
    "change": ("api.commands_ask", "change", REQUESTS),
    "return": ("api.commands_returns", "returns", REQUESTS),
    "resume": ("api.commands_ask", "resume", REQUESTS),
    "close": ("api.commands_ask", "close", REQUESTS),
    "reassign": ("api.commands_reassign", "reassign", REQUESTS),
    "promotion": ("api.commands_promotion", "promotion", SYSTEM),
    "orphans": ("api.commands_orphans", "orphans", SYSTEM),
}
"""Each command: its module, its name there, its panel of the help."""
RARELY = (100_000, 50, 1_000)
"""Garbage is looked for so rarely: what is loaded stays, and looking through it takes a fifth of a short command."""


def _show_version(asked: bool) -> None:
    if asked:
        parts = f"Python {platform.python_version()}, temporalio {version('temporalio')}"
        typer.echo(f"orders {version('order-orchestrator')} ({parts})")
        raise typer.Exit


def app_of(arguments: Sequence[str]) -> typer.Typer:
    """The command line of one command where these arguments begin with it; else of all, for the help."""
    app = typer.Typer(
        name="orders",
        help=orders.__doc__,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "color": COLOR},
    )
    app.callback()(orders)
    for command in COMMANDS.keys() & arguments[:1] or COMMANDS:
        module, name, panel = COMMANDS[command]
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=command, rich_help_panel=panel)
        else:
            app.command(command, rich_help_panel=panel)(found)
    return app


def orders(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which")
    ] = False,
) -> None:
    """Orders that live their whole life: start the system, place orders, see where each one stands."""


def main() -> None:
    """Run a command and leave.

    The process ends here and now: a short-lived one that used the Temporal client may abort while Python tidies up.
    """
    gc.set_threshold(*RARELY)
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; every error ends with the next step to try."""
    try:
        app_of(arguments)(list(arguments), prog_name="orders")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else OK
    except Trouble as trouble:
        typer.secho(trouble.what, fg=typer.colors.RED, err=True, color=COLOR)
        typer.echo(trouble.todo, err=True)
    except ValidationError as wrong:
        for error in wrong.errors():
            name = "_".join(map(str, error["loc"]))
            typer.secho(f"The setting {name} does not fit: {error['msg']}.", fg=typer.colors.RED, err=True, color=COLOR)
        typer.echo("Correct the option or the variable ORDERS_…; docs/operations.md lists them all.", err=True)
        return WRONG_USE
    except Exception:  # noqa: BLE001 - the last one to hear of it
        traceback.print_exc()
        typer.echo("This should not have happened. `orders doctor` looks at the usual causes.", err=True)
    return FAILED
