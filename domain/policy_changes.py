"""What a changed rule changes: two editions of the policy side by side, before and after (SR-058)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.policy import Policy
from domain.value import Value

NAMED_BY = ("kind", "code")
"""Fields by which the members of a list are told apart: clocks by their kind, conditions by their code."""


class Change(Value):
    """One rule that differs; None where an edition does not have it."""

    rule: str
    before: Any = None
    after: Any = None


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every rule in which two editions differ, by its path; their names are left out."""
    old, new = (dict(_rules(each.model_dump(mode="json", exclude={"edition"}))) for each in (before, after))
    names = dict.fromkeys((*old, *new))
    return tuple(
        Change(rule=name, before=old.get(name), after=new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )  # fmt: skip


def _rules(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _rules(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value and all(_name(part) for part in value):
        for part in value:
            yield from _rules(part, f"{path}.{_name(part)}")
    else:
        yield path, value


def _name(part: Any) -> str:
    """What a member of a list is called; empty where it has no name."""
    if not isinstance(part, Mapping):
        return ""
    return next((str(part[field]) for field in NAMED_BY if part.get(field)), "")
