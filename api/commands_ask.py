"""`orders ask`, and `orders retry | skip | hold | cancel | change`: every request of an order from the terminal.

A command is made from each request, so that none is missing. Exit codes: 0 accepted, 4 refused (a dry run too) with the
reason and what may be done instead, 2 wrong usage, 1 anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from api.api_line import ApiLine, SaidNo
from api.ask_options import VERSION, Option, body_of, options_of, signature_of
from api.commands_orders import Json, Lang, OrderNo, print_json
from domain.asks import Ask
from domain.requests import ASKS
from domain.who_may_ask import least_role

WRONG_USE, REFUSED = 2, 4
CONFLICT, FORBIDDEN, UNREADABLE = 409, 403, 422
NO = frozenset({"REFUSED", "CHANNEL_MANAGED"})
ask = typer.Typer(no_args_is_help=True, help="Ask an order for something: one command a request.")
Actor = Annotated[str, typer.Option(help="The person behind the key; it stands in the timeline")]
RequestId = Annotated[str, typer.Option(help="The same id again gets the same answer and changes nothing")]
Role = Annotated[str, typer.Option(help="Whose key of keys.toml is used: operator, supervisor or finance")]


def _common(  # noqa: PLR0917 - what every command takes
    order_no: OrderNo,
    actor: Actor = "",
    request_id: RequestId = "",
    role: Role = "",
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """What every request's command takes."""


def command_of(name: str, model: type[Ask]) -> Callable[..., None]:
    """The command of one request."""
    options = options_of(model)

    def command(order_no: str, actor: str, request_id: str, role: str, **given: Any) -> None:
        as_json, lang = given.pop("as_json"), given.pop("lang")
        house = {"actor": actor, "request_id": request_id}
        try:
            body = body_of(options, given) | {field: value for field, value in house.items() if value}
        except ValueError as wrong:
            typer.echo(f"--set wants PATH=VALUE, such as customer.phone=13800138000, not: {wrong}", err=True)
            raise typer.Exit(WRONG_USE) from wrong
        with ApiLine(role or least_role(name), lang) as line:
            if _wants_version(options, body):
                body[VERSION] = line.get(f"/v1/orders/{order_no}")["version"]
            answer_of(lambda: line.post(f"/v1/orders/{order_no}/{name}", body), as_json=as_json)

    command.__doc__ = (model.__doc__ or "").partition("\n\n")[0].replace("``", "")
    command.__name__ = name
    command.__signature__ = signature_of(options, _common)  # type: ignore[attr-defined]  # what typer reads
    command.__annotations__ = {each.name: each.annotation for each in command.__signature__.parameters.values()}  # type: ignore[attr-defined]
    return command


def resume(order_no: OrderNo, lang: Lang = "", as_json: Json = False) -> None:
    """Resume an open order whose workflow was terminated or lost, from the books; nothing is done twice."""
    with ApiLine("operator", lang) as line:
        answer_of(lambda: line.send(f"/v1/orders/{order_no}/resume"), as_json=as_json)


def close(
    order_no: OrderNo,
    reason: Annotated[str, typer.Option(help="How what was left of it was settled")],
    actor: Actor = "",
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Close an open order whose workflow was terminated or lost; its stock goes back, its money a person settles."""
    body = {"reason": reason, **({"actor": actor} if actor else {})}
    with ApiLine("operator", lang) as line:
        answer_of(lambda: line.post(f"/v1/orders/{order_no}/close", body), as_json=as_json)


def answer_of(doing: Callable[[], dict[str, Any]], *, as_json: bool) -> None:
    """Print the answer yes, or the answer no with its reasons; every other trouble goes on."""
    try:
        answer = doing()
    except SaidNo as no:
        if no.status not in {CONFLICT, FORBIDDEN, UNREADABLE}:
            raise
        if as_json:
            print_json(no.said)
        else:
            _print_no(no)
        raise typer.Exit(WRONG_USE if no.status == UNREADABLE else REFUSED) from no
    change = answer.get("change")
    if as_json:
        print_json(answer)
    else:
        said = "would be refused" if _would_be_refused(change) else "accepted"
        typer.echo(f"{answer['order_no']}  {said}  " + "  ".join(_rest(answer)))
        if change:
            _print_change(change)
    if _would_be_refused(change):
        raise typer.Exit(REFUSED)


def _would_be_refused(change: dict[str, Any] | None) -> bool:
    """Whether it was only asked, and the answer is no: nothing was accepted, and the status says so."""
    return change is not None and bool(change.get("dry_run")) and change["verdict"] in NO


def _rest(answer: dict[str, Any]) -> list[str]:
    names = {
        "return_no": "return {}",
        "state": "{}",
        "stage": "{}",
        "version": "version {}",
        "facts": "facts that it had not taken in: {}",
    }
    return [told.format(answer[name]) for name, told in names.items() if name in answer]


def _print_no(no: SaidNo) -> None:
    typer.echo(f"refused  {no.said.get('code', no.status)}: {no.what}", err=True)
    if change := no.said.get("change"):
        _print_change(change)
    elif (instead := no.said.get("alternatives")) and not no.todo.startswith("Instead"):
        typer.echo(f"  instead: {', '.join(instead)}", err=True)
    for reason in no.said.get("reasons", ()):
        typer.echo(f"  line {reason['line'] or '-'}: {reason['text']}", err=True)
    typer.echo(f"  {no.todo}", err=True)


def _print_change(change: dict[str, Any]) -> None:
    told = "  only asked, nothing is changed" if change.get("dry_run") else ""
    typer.echo(f"  {change['verdict']}  {change['cell']}  {change['reason']}{told}".rstrip())
    if change.get("waits_for"):
        typer.echo(f"  waits for {change['waits_for']}" + (f" until {change['until']}" if change.get("until") else ""))
    for code, words in (change.get("alternatives") or {}).items():
        typer.echo(f"  instead: {code}  {words}")
    if quote := change.get("quote"):
        _print_quote(quote)


def _print_quote(quote: dict[str, Any]) -> None:
    """What it would come to: amounts in minor units, a dash where nothing tells."""

    def told(name: str) -> str:
        known = quote.get(name)
        return "-" if known is None else str(known)

    typer.echo(
        f"  goods {told('goods')}  freight {told('freight')}  fee {told('fee')}  {quote['currency']} (minor units)"
    )
    typer.echo(f"  money {quote['way']} {told('amount')}  there by {told('delivered_by')}")
    for stop in quote.get("stops") or ():
        typer.echo(f"  stops {stop['what']} {stop['number']}  {stop['party']}  within {stop['within']}")
    typer.echo(f"  quote {quote['id']}  until {quote['valid_until']}")


def _wants_version(options: list[Option], body: dict[str, Any]) -> bool:
    return VERSION not in body and any(option.name == VERSION for option in options)


for _name, _model in ASKS.items():
    ask.command(_name)(command_of(_name, _model))
retry, skip, hold, cancel, change = (
    command_of(name, ASKS[name])
    for name in ("retry_step", "skip_step", "place_hold", "cancel", "submit_change_request")
)
"""Short forms of the requests that are made most."""
