"""`orders doctor`: what is in order, what is not, and what to do about it."""

import asyncio
import json
from typing import Annotated

import typer

from infra.local import diagnose

FOUND_PROBLEMS = 3
MARKS = {"ok": ("ok", typer.colors.GREEN), "fine": ("--", None), "problem": ("!!", typer.colors.RED)}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs")] = False) -> None:
    """Check this machine, the ports, the database and Temporal; exit code 3 when something needs doing."""
    findings = asyncio.run(diagnose())
    problems = [finding for finding in findings if finding.state == "problem"]
    if as_json:
        rows = [finding.model_dump() for finding in findings]
        typer.echo(json.dumps({"problems": len(problems), "findings": rows}, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            mark, color = MARKS[finding.state]
            typer.echo(f"{typer.style(mark, fg=color)}  {finding.subject:<32} {finding.what}")
            if finding.todo:
                typer.echo(f"    {'':<32} -> {finding.todo}")
    raise typer.Exit(FOUND_PROBLEMS if problems else 0)
