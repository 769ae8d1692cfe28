"""The command line `orders`. Exit codes: 0 ok, 1 failed, 2 usage, 3 found problems, 4 refused.

Each `commands_*.py` beside this file holds one command or a few that belong together; they are registered here.
"""

import os
import platform
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer.main import get_command

from api.commands_ask import SHORT, ask, close, command_of, resume
from api.commands_demo import demo
from api.commands_doctor import doctor
from api.commands_import import import_, paper_kit
from api.commands_orders import explain, list_, show
from api.commands_orphans import orphans
from api.commands_promotion import promotion
from api.commands_reassign import reassign
from api.commands_returns import returns
from api.commands_stock import stock
from api.commands_takeover import takeover
from api.commands_trail import trail
from api.commands_up import up
from domain.requests import ASKS
from infra.trouble import Trouble

OK, FAILED, WRONG_USE = 0, 1, 2
COLOR = False if os.environ.get("NO_COLOR") else None
"""None: colours on a terminal only."""

app = typer.Typer(
    name="orders",
    help="Orders that live their whole life: start the system, place orders, see where each one stands.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "color": COLOR},
)
app.command(rich_help_panel="The system")(up)
app.command(rich_help_panel="The system")(demo)
app.command(rich_help_panel="The system")(doctor)
app.command("import", rich_help_panel="Orders")(import_)
app.command("paper-kit", rich_help_panel="Orders")(paper_kit)
app.command("list", rich_help_panel="Orders")(list_)
app.command(rich_help_panel="Orders")(show)
app.command(rich_help_panel="Orders")(explain)
app.add_typer(stock, name="stock", rich_help_panel="The system")
app.command(rich_help_panel="Orders")(takeover)
app.command(rich_help_panel="Orders")(trail)
app.add_typer(ask, name="ask", rich_help_panel="Requests")
for _short, _name in SHORT.items():
    app.command(_short, rich_help_panel="Requests")(command_of(_name, ASKS[_name]))
app.add_typer(returns, name="return", rich_help_panel="Requests")
app.command(rich_help_panel="Requests")(resume)
app.command(rich_help_panel="Requests")(close)
app.command(rich_help_panel="Requests")(reassign)
app.add_typer(promotion, name="promotion", rich_help_panel="The system")
app.add_typer(orphans, name="orphans", rich_help_panel="The system")


def _show_version(asked: bool) -> None:
    if asked:
        parts = f"Python {platform.python_version()}, temporalio {version('temporalio')}"
        typer.echo(f"orders {version('order-orchestrator')} ({parts})")
        raise typer.Exit


@app.callback()
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
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@cache
def _commands() -> Callable[..., Any]:
    """The tree of all commands; it takes longer to build than to run one."""
    return get_command(app)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; every error ends with the next step to try."""
    try:
        _commands()(list(arguments), prog_name="orders")
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
