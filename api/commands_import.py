"""`orders import`: a CSV file of orders, SKUs or stock; exit code 3 where rows were refused."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.api_line import ApiLine
from api.files.pieces import Piece, kind_of, pieces_of
from infra.trouble import Trouble

FOUND_PROBLEMS = 3
COUNTED = ("rows", "created", "changed", "known", "refused")
SHOWN = 50
"""So many problems are listed; --json has them all."""
KINDS = ("orders", "skus", "stock")


def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8 or GB18030, with a header")],
    kind: Annotated[str, typer.Option(help="orders, skus or stock; unset: by the file's header")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs")] = False,
) -> None:
    """Import a file: good rows go in, bad ones are listed; the same file again creates nothing."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", "Name a CSV file.") from error
    told = kind or kind_of(content) or ""
    if told not in KINDS:
        raise typer.BadParameter(f"say --kind {' or '.join(KINDS)}: it is not clear what is in {file.name}")
    with ApiLine("operator") as line:
        answers = send_pieces(line, pieces_of(content, told), f"/v1/imports/{told}", document=file.name)
    _tell(told, answers, as_json=as_json)


def send_pieces(line: ApiLine, pieces: Sequence[Piece], path: str, **params: Any) -> list[dict[str, Any]]:
    """Send a file piece by piece, with a progress bar on a terminal; the answers."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("rows", total=sum(piece.rows for piece in pieces))
        answers = []
        for piece in pieces:
            answers.append(line.send_file(path, piece.content, first_row=piece.first_row, **params))
            progress.advance(bar, piece.rows)
    return answers


def _tell(kind: str, answers: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    total: Counter[str] = Counter()
    for answer in answers:
        total.update({name: answer[name] for name in COUNTED})
    problems = [problem for answer in answers for problem in answer["problems"]]
    if as_json:
        counted = {name: total[name] for name in COUNTED}
        typer.echo(json.dumps({"kind": kind, **counted, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{kind}: " + ", ".join(f"{total[name]} {name}" for name in COUNTED))
        for problem in problems[:SHOWN]:
            where = f"row {problem['row']}" + (f", {problem['column']}" if problem["column"] else "")
            typer.echo(f"  {where}: {problem['reason']}")
        if len(problems) > SHOWN:
            typer.echo(f"  … and {len(problems) - SHOWN} more; --json lists them all", file=sys.stderr)
    raise typer.Exit(FOUND_PROBLEMS if problems else 0)
