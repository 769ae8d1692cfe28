"""`orders import`: a workbook or CSV of orders, SKUs or stock; `orders paper-kit`. Exit code 3: rows were refused."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from api.api_line import ApiLine
from api.files.pieces import Cut, Piece, cut_of, kind_of
from infra.trouble import Trouble

FOUND_PROBLEMS = 3
COUNTED = ("rows", "created", "changed", "known", "refused")
SHOWN = 50
"""So many problems are listed; --json has them all."""
KINDS = ("orders", "skus", "stock")
ORDER_KEYS = ("channel", "external_id", "document_no")
Words = Annotated[str, typer.Option(help="Of orders whose sheet does not say")]


@dataclass(frozen=True)
class Sending:
    """A file on its way to the API."""

    line: ApiLine
    kind: str
    content: bytes
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where files of this kind go."""
        return f"/v1/imports/{self.kind}"


def import_(
    file: Annotated[Path | None, typer.Argument(help="XLSX, XLS or CSV, with a header")] = None,
    *,
    kind: Annotated[str, typer.Option(help="orders, skus or stock; unset: by the file's header")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it; nothing is kept")] = False,
    marked: Annotated[Path | None, typer.Option(help="With --dry-run: an XLSX copy, bad cells red")] = None,
    template: Annotated[Path | None, typer.Option(help="Write the template of a file of orders, and stop")] = None,
    source: Annotated[str, typer.Option(help="Whose file it is: its columns are remembered for it")] = "",
    sheet: Annotated[str, typer.Option(help="Which sheet of a workbook; unset: the first")] = "",
    mapping: Annotated[str, typer.Option(help='Header → field, as JSON: {"单价": "unit_price:major"}')] = "",
    yes: Annotated[bool, typer.Option("--yes", help="The columns are right as they are recognized")] = False,
    reckon_total: Annotated[bool, typer.Option("--reckon-total", help="No total: reckon it from the lines")] = False,
    channel: Words = "",
    currency: Words = "",
    payment_method: Words = "",
    delivery_method: Words = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs")] = False,
) -> None:
    """Import a file: good rows go in, bad ones are listed; the same file again creates nothing."""
    if template:
        with ApiLine("operator") as line:
            _write(template, line.fetch_file("GET", "/v1/imports/orders/template.xlsx"))
        return
    if file is None:
        raise typer.BadParameter("name a file, or --template and where to write it")
    content = _read(file)
    told = kind or kind_of(content, sheet) or ""
    if told not in KINDS:
        raise typer.BadParameter(f"say --kind {' or '.join(KINDS)}: it is not clear what is in {file.name}")
    defaults = {"channel": channel, "currency": currency, "payment_method": payment_method}
    params = {"document": file.name, "source": source, "mapping": mapping, "reckon_total": reckon_total}
    with ApiLine("operator") as line:
        sending = Sending(line, told, content, {**params, **defaults, "delivery_method": delivery_method})
        answers = _tried(sending, sheet, marked) if dry_run else _sent(sending, sheet, yes=yes)
    _tell(told, answers, as_json=as_json)


def paper_kit(
    file: Annotated[Path, typer.Argument(help="Where to write the XLSX")],
    forms: Annotated[int, typer.Option(min=1, max=2000, help="How many orders it is for")] = 50,
    day: Annotated[str, typer.Option(help="For which day, 2026-11-23; unset: today")] = "",
) -> None:
    """Write forms for a day without the system: numbers of their own, and the list of SKUs."""
    with ApiLine("operator") as line:
        _write(file, line.fetch_file("POST", "/v1/imports/orders/paper-kit", forms=forms, day=day))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", "Name an XLSX, XLS or CSV file.") from error


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Trouble(f"{file} cannot be written: {error.strerror}.", "Name a file in a folder of yours.") from error
    typer.echo(f"{file} is written", err=True)


# -- sending ---------------------------------------------------------------------------------------------------------


def _tried(sending: Sending, sheet: str, marked: Path | None) -> list[dict[str, Any]]:
    """A dry run of the whole file, and the copy with its bad cells if one is wanted."""
    params = {**sending.params, "sheet": sheet, "dry_run": True}
    answer = sending.line.send_file(sending.path, sending.content, **params)
    _show_mapping(answer.get("mapping"))
    if marked:
        _write(marked, sending.line.fetch_file("POST", sending.path, sending.content, **params, marked=True))
    return [answer]


def _sent(sending: Sending, sheet: str, *, yes: bool) -> list[dict[str, Any]]:
    """The file in pieces, once it is clear how its columns are read."""
    cut = cut_of(sending.content, sheet)
    if cut is None:
        return [sending.line.send_file(sending.path, sending.content, **sending.params, sheet=sheet)]
    params = {**sending.params, "local_times": cut.office}
    places: list[int] = []
    if sending.kind == "orders":
        head = sending.line.send_file(sending.path, cut.head().content, **params, dry_run=True)
        mapping = head["mapping"]
        cut = cut.lowered(mapping["header_row"] - cut.first_row + 1)
        params |= _agreed(mapping, yes=yes)
        numbers = {column["field"]: number for number, column in enumerate(mapping["columns"])}
        places = [_place(mapping["columns"][numbers[name]]["column"]) for name in ORDER_KEYS if name in numbers]
    return _in_pieces(sending, cut, places, params)


def _place(column: str) -> int:
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _agreed(mapping: dict[str, Any], *, yes: bool) -> dict[str, str]:
    """What is sent along to confirm the columns; asks where there is somebody to ask."""
    if mapping["confirmed"] or not any(column["field"] and not column["sure"] for column in mapping["columns"]):
        return {"mapping": mapping["id"]} if yes and not mapping["confirmed"] else {}
    _show_mapping(mapping)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Are the columns right? Those without a field are left")):
        todo = "Look at it with --dry-run, then say --yes, or --mapping with header → field as JSON."
        raise Trouble("Some columns were only recognized by likeness, and nobody has confirmed them.", todo)
    return {"mapping": mapping["id"]}


def _show_mapping(mapping: dict[str, Any] | None) -> None:
    if not mapping or mapping["confirmed"]:
        return
    table = Table("column", "header", "field", "read as", "likeness", "such as", box=None)
    for column in mapping["columns"]:
        likeness = "sure" if column["sure"] else f"{column['score']:.0f}"
        samples = " | ".join(column["samples"])
        shown = (column["column"], column["header"], column["field"] or "(left out)", column["reading"])
        table.add_row(*shown, likeness, samples)
    Console(stderr=True).print(table)


def _in_pieces(sending: Sending, cut: Cut, places: Sequence[int], params: Mapping[str, Any]) -> list[dict[str, Any]]:
    pieces = cut.pieces(places)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    answers: list[dict[str, Any]] = []
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("rows", total=sum(piece.rows for piece in pieces))
        for piece in pieces:
            try:
                answers.append(_piece_sent(sending, piece, params))
            except (Trouble, KeyboardInterrupt) as stop:
                raise _stopped(stop, answers) from stop
            progress.advance(bar, piece.rows)
            if answers[-1]["problems"] and not answers[-1]["rows"]:
                break  # its header does not fit, and is that of the next pieces
    return answers


def _piece_sent(sending: Sending, piece: Piece, params: Mapping[str, Any]) -> dict[str, Any]:
    return sending.line.send_file(sending.path, piece.content, **params, first_row=piece.first_row)


def _stopped(stop: BaseException, answers: Sequence[Mapping[str, Any]]) -> BaseException:
    """What stopped it, and how far it is: the same command goes on there, for what is in is known."""
    if not answers:
        return stop
    total = {name: sum(answer[name] for answer in answers) for name in ("rows", "created", "known")}
    why = f"{stop.what} " if isinstance(stop, Trouble) else "Interrupted. "
    todo = "The same command again goes on from there; what is in is not created twice."
    return Trouble(f"{why}{total['rows']} rows are in: {total['created']} created, {total['known']} known.", todo)


# -- telling ---------------------------------------------------------------------------------------------------------


def _tell(kind: str, answers: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    total: Counter[str] = Counter()
    for answer in answers:
        total.update({name: answer[name] for name in COUNTED})
    problems = [problem for answer in answers for problem in answer["problems"]]
    if as_json:
        counted = {name: total[name] for name in COUNTED}
        mapping = {"mapping": answers[0]["mapping"]} if answers[0].get("mapping") else {}
        said = {"kind": kind, **counted, "problems": problems, **mapping}
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{kind}: " + ", ".join(f"{total[name]} {name}" for name in COUNTED))
        for problem in problems[:SHOWN]:
            where = f"row {problem['row']}" + (f", {problem['column']}" if problem["column"] else "")
            typer.echo(f"  {where}: {problem['reason']}")
        if len(problems) > SHOWN:
            typer.echo(f"  … and {len(problems) - SHOWN} more; --json lists them all", file=sys.stderr)
    raise typer.Exit(FOUND_PROBLEMS if problems else 0)
