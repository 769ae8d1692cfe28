"""What an edition demands of the lines themselves: how many there may be, and what each has to say (SR-110, SR-147)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.effects import Content
from domain.findings import Finding
from domain.policy import AuditPolicy


def line_findings(content: Content, policy: AuditPolicy) -> tuple[Finding, ...]:
    """Too many lines, and every line that lacks what the edition wants of it; parts that a rule added lack nothing."""
    return tuple(_findings(content, policy))


def _findings(content: Content, policy: AuditPolicy) -> Iterator[Finding]:
    posted = [line for line in content.lines if not line.added_by_rule]
    if policy.max_lines is not None and len(posted) > policy.max_lines:
        params: dict[str, str | int] = {"lines": len(posted), "most": policy.max_lines}
        yield Finding(code="TOO_MANY_LINES", field="lines", params=params)
    for line in posted:
        for name in policy.line_required:
            if not str(getattr(line, name)).strip():
                path = f"lines.{line.line}.{name}"
                yield Finding(code="FIELD_MISSING", field=path, params={"field": path})
