"""What lies on the auditor's desk: the order as posted and corrected, the master data, the prices, the policy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.effects import Content
from domain.findings import Finding, Severity
from domain.policy import AuditPolicy
from domain.posted import Raw, value_at
from domain.price_lists import PriceBook
from domain.value import Value

TOKEN = re.compile(r"(?=.*[A-Za-z])\S{16,}")
"""What a channel gives instead of a number."""
LONGEST = 100
"""Characters of a word that a finding repeats."""


class KnownSku(Value):
    """One SKU of the master data. An empty ``specification``: there is none to compare with."""

    sku: str
    specification: str = ""
    sellable: bool = True


@dataclass(frozen=True, slots=True)
class Papers:
    """One version of an order and everything it is judged by. ``raw`` is personal: no finding repeats it."""

    raw: Raw
    content: Content
    skus: Mapping[str, KnownSku]
    policy: AuditPolicy
    book: PriceBook = field(default_factory=PriceBook)

    @property
    def channel(self) -> str:
        """Where the order comes from."""
        return str(self.raw.get("channel") or "")

    @property
    def placed_at(self) -> datetime:
        """When it was placed: the moment whose prices count."""
        return datetime.fromisoformat(str(self.raw["placed_at"]))


def is_blank(value: object) -> bool:
    """Whether a field says nothing: absent, blanks, or characters nobody sees (SR-110)."""
    if value is None:
        return True
    return not any(unicodedata.category(letter)[0] not in "CZ" for letter in str(value))


def is_masked(raw: Raw) -> bool:
    """Whether the channel masks or encrypts what it tells us: then only its token can be checked (SR-012)."""
    told = [str(value_at(raw, path) or "") for path in ("customer.name", "customer.phone", "address.street")]
    return any("*" in text or "＊" in text for text in told) or TOKEN.fullmatch(told[1]) is not None


def differs(code: str, at: str, expected: int, actual: int, severity: Severity = Severity.CRITICAL) -> Finding:
    """A figure that is not what it should be."""
    params: dict[str, str | int] = {"expected": expected, "actual": actual}
    return Finding(code=code, field=at, severity=severity, params=params)


# -- what changed between two versions -------------------------------------------------------------------------------


def changed_paths(before: Raw, now: Raw) -> frozenset[str]:
    """The fields in which two versions differ, by their paths; a line is named by its own id."""
    old, new = dict(_leaves(before)), dict(_leaves(now))
    return frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}" if path else str(name))
    elif path == "lines" and isinstance(value, list):
        for line in value:
            yield from _leaves(line, f"lines.{line['line']}")
    else:
        yield path, value


def touches(reads: str, path: str) -> bool:
    """Whether a change at ``path`` concerns who reads ``reads``: a path, the start of one, ``*`` for any line."""
    wanted = reads.split(".")
    if wanted == ["*"]:
        return True
    if wanted[:2] == ["lines", "*"]:  # a line's id may hold dots: only its end is compared
        return path.startswith("lines.") and (len(wanted) == 2 or path.endswith("." + ".".join(wanted[2:])))  # noqa: PLR2004 - the line itself
    return path.split(".")[: len(wanted)] == wanted
