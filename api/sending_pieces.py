"""A file on its way to the API piece by piece, with a progress bar on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.files.pieces import Piece
from infra.trouble import Trouble

COUNTED = ("created", "known")


def send_pieces(pieces: Sequence[Piece], send: Callable[[Piece], dict[str, Any]]) -> list[dict[str, Any]]:
    """Send every piece; the answers.

    Raises:
        Trouble: it was stopped in the middle; says how far it came, and that the same command goes on there.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    answers: list[dict[str, Any]] = []
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("rows", total=sum(piece.rows for piece in pieces))
        for place, piece in enumerate(pieces):
            try:
                answers.append(send(piece))
            except (Trouble, KeyboardInterrupt) as stop:
                raise _stopped(stop, pieces[:place], answers) from stop
            progress.advance(bar, piece.rows)
            if answers[-1]["problems"] and not answers[-1].get("rows", piece.rows):
                break  # its header does not fit, and is that of the next pieces
    return answers


def _stopped(stop: BaseException, sent: Sequence[Piece], answers: Sequence[Mapping[str, Any]]) -> BaseException:
    """What stopped it, and how far it is: the same command goes on there, for what is in is known."""
    if not answers:
        return stop
    rows = sum(piece.rows for piece in sent)
    told = ", ".join(f"{sum(answer[name] for answer in answers)} {name}" for name in COUNTED)
    why = f"{stop.what} " if isinstance(stop, Trouble) else "Interrupted. "
    todo = "The same command again goes on from there; what is in is not created twice."
    return Trouble(f"{why}{rows} rows are in: {told}.", todo)
