"""`orders takeover`: a CSV file of a running shop's orders with their past; exit code 3 where orders were refused."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.api_line import ApiLine
from api.commands_import import FOUND_PROBLEMS, SHOWN
from api.files.pieces import Piece, pieces_of
from api.sending_pieces import send_pieces
from infra.trouble import Trouble

COUNTED = ("orders", "created", "known", "refused", "open", "finished", "short")


def takeover(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8 or GB18030, with a header")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and write nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs")] = False,
) -> None:
    """Take over a running shop: open orders go on here, finished ones come into the books, nothing past is sent."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", "Name a CSV file.") from error
    with ApiLine("operator") as line:

        def send(piece: Piece) -> dict[str, Any]:
            params = {"document": file.name, "dry_run": dry_run, "first_row": piece.first_row}
            return line.send_file("/v1/imports/takeover", piece.content, **params)

        answers = send_pieces(pieces_of(content, "orders"), send)
    whole = merged(answers)
    if as_json:
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        _tell(whole)
    raise typer.Exit(FOUND_PROBLEMS if whole["problems"] else 0)


def merged(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The answers to the pieces of a file as one."""
    verdicts: dict[str, Counter[str]] = {}
    for answer in answers:
        for kind, found in answer["verdicts"].items():
            verdicts.setdefault(kind, Counter()).update(found)
    return {
        "dry_run": any(answer["dry_run"] for answer in answers),
        **{name: sum(answer[name] for answer in answers) for name in COUNTED},
        **{name: dict(_summed(answers, name)) for name in ("stages", "assumed")},
        "verdicts": {kind: dict(found) for kind, found in sorted(verdicts.items())},
        **{name: [each for answer in answers for each in answer[name]] for name in ("overdue", "problems")},
    }


def _summed(answers: Sequence[dict[str, Any]], name: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for answer in answers:
        total.update(answer[name])
    return total


def _tell(whole: dict[str, Any]) -> None:
    typer.echo(("dry run: " if whole["dry_run"] else "") + ", ".join(f"{whole[name]} {name}" for name in COUNTED))
    for name in ("stages", "assumed"):
        if whole[name]:
            typer.echo(f"{name}: " + ", ".join(f"{word} {count}" for word, count in sorted(whole[name].items())))
    for kind, found in whole["verdicts"].items():
        typer.echo(f"{kind}: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(found.items())))
    if whole["overdue"]:
        typer.echo("past due and still open; no case is opened for them:")
    for late in whole["overdue"][:SHOWN]:
        typer.echo(f"  {late['external_id']}: {', '.join(late['clocks'])}")
    for problem in whole["problems"][:SHOWN]:
        where = f"row {problem['row']}" + (f", {problem['column']}" if problem["column"] else "")
        typer.echo(f"  {where}: {problem['reason']}")
    more = max(len(whole["overdue"]), len(whole["problems"])) - SHOWN
    if more > 0:
        typer.echo(f"  … and {more} more; --json lists them all", file=sys.stderr)
