"""An order's versions and what each changed (SR-019, invariant 13): its raw changes, put on the one before, give it.

Paths are those of findings and corrections: ``customer.phone``, ``lines.2.quantity``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.posted import Raw
from domain.value import Value

PERSONAL = ("customer", "address", "buyer_message", "seller_memo", "invoice", "gift_note", "preferred_delivery_window")
"""Fields that name a person, or what he wrote."""
MASK = "***"


class Change(Value):
    """One field that a version changed; ``before`` is None where there was nothing."""

    field: str
    before: Any = None
    after: Any = None

    @property
    def personal(self) -> bool:
        """Whether it is about a person."""
        return self.field.split(".", 1)[0] in PERSONAL

    @property
    def masked(self) -> Change:
        """The same for somebody who may not see whom the order is for."""
        if not self.personal:
            return self
        return self.having(before=_hidden(self.before), after=_hidden(self.after))


def _hidden(value: object) -> str | None:
    return None if value is None else MASK


def changes(before: Raw, after: Raw) -> tuple[Change, ...]:
    """What is different, field by field; lines that came or went are one change of all lines."""
    return tuple(_changes(before, after, ""))


def _changes(before: Raw, after: Raw, path: str) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        field, old, new = f"{path}{name}", before.get(name), after.get(name)
        if old == new and (name in before) == (name in after):
            continue
        if field == "lines" and old and new and _same_lines(old, new):
            yield from _lines(old, new)
        elif isinstance(old, Mapping) and isinstance(new, Mapping) and old.keys() <= new.keys():
            yield from _changes(old, new, f"{field}.")
        else:
            yield Change(field=field, before=old, after=new)


def _same_lines(old: Any, new: Any) -> bool:
    """Whether both have the same lines in the same order, none of which lost a field."""
    if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
        return False
    return all(one["line"] == other["line"] and one.keys() <= other.keys() for one, other in zip(old, new, strict=True))


def _lines(old: Sequence[Raw], new: Sequence[Raw]) -> Iterator[Change]:
    for one, other in zip(old, new, strict=True):
        yield from _changes(one, other, f"lines.{one['line']}.")
