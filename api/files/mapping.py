"""Which column of a file is which field: by our names, by what offices call them, by likeness (SR-011).

How a column is read is decided here too, once: under our own name strictly (``plain``: minor units, offsets, our
words); under an office's name as offices write (``major``: amounts in yuan with decimals, local times, their words).
What was only found by likeness, or whose unit nobody said, is never used before somebody confirmed it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b

from api.files.columns import ALIASES, AMOUNTS, COLUMNS

PLAIN, MAJOR, MINOR, LOCAL = "plain", "major", "minor", "local"
READINGS = (PLAIN, MAJOR, MINOR, LOCAL)
LIKE = 70.0
"""From this likeness on (rapidfuzz, 0 to 100) a column is proposed."""
SURE = 100.0
BEST_KNOWN, LEAST_KNOWN = 20, 2
"""The header is looked for among so many rows, and has to name so many fields, else it is the first row."""
SAMPLES = 3
UNIT = re.compile(r"[(（\[【]\s*([^)）\]】]*)\s*[)）\]】]")
UNITS = {
    **dict.fromkeys(("元", "¥", "￥", "rmb", "cny", "yuan", "人民币", "usd", "$", "eur"), MAJOR),
    **dict.fromkeys(("分", "fen", "cent", "cents", "minor"), MINOR),
}
Known = Mapping[str, tuple[str, str]]
"""Folded header → field and reading, as somebody confirmed them."""


class UnknownField(ValueError):
    """The caller's to correct: a mapping names a field or a reading there is not."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. ``field`` is empty where it is none of ours; ``sure``: it may be used without asking."""

    place: int
    header: str
    field: str = ""
    reading: str = PLAIN
    score: float = 0.0
    sure: bool = False


def folded(header: str) -> str:
    """A header without what offices vary: width, case, spaces, a star for what must be filled."""
    return re.sub(r"[\s_*＊:：]+", " ", unicodedata.normalize("NFKC", header)).strip().lower()


def own_name(header: str) -> str:
    """The header as one of our names would be written."""
    return header.strip().lower().replace(" ", "_")


@cache
def _aliases() -> dict[str, str]:
    return {folded(alias): field for field, names in ALIASES.items() for alias in names}


def columns_of(header: Sequence[str], known: Known) -> list[Column]:
    """What each column is. Of two that are like the same field, the liker has it."""
    columns = [_column(place, text, known) for place, text in enumerate(header) if text.strip()]
    best: dict[str, Column] = {}
    for column in columns:
        held = best.get(column.field)
        if column.field and (held is None or (column.sure, column.score) > (held.sure, held.score)):
            best[column.field] = column
    return [column if column.sure or best.get(column.field) is column else _none(column) for column in columns]


def _none(column: Column) -> Column:
    return replace(column, field="", reading=PLAIN, sure=False)


def _column(place: int, header: str, known: Known) -> Column:
    written_so = header.strip() == own_name(header)
    if own_name(header) in COLUMNS and (written_so or own_name(header) not in AMOUNTS):
        return Column(place, header, own_name(header), PLAIN, SURE, sure=True)
    if folded(header) in known:
        field, reading = known[folded(header)]
        return Column(place, header, field, reading, SURE, sure=True)
    text, unit = _without_unit(header)  # "Total" may be yuan, `total` is ours
    field, score = _like(text)
    if field in AMOUNTS:
        return Column(place, header, field, unit or MAJOR, score, sure=score == SURE and bool(unit))
    return Column(place, header, field, LOCAL if field else PLAIN, score, sure=score == SURE)


def _without_unit(header: str) -> tuple[str, str]:
    """单价（元） is a price in yuan; what else stands in brackets stays a part of the name."""
    found = UNIT.search(unicodedata.normalize("NFKC", header))
    unit = UNITS.get(found.group(1).strip().lower(), "") if found else ""
    return (folded(UNIT.sub("", unicodedata.normalize("NFKC", header))) if unit else folded(header)), unit


def _like(text: str) -> tuple[str, float]:
    aliases = _aliases()
    if text in aliases or own_name(text) in COLUMNS:
        return aliases.get(text, own_name(text)), SURE
    # Only headers are compared by likeness, and files of programs have none to compare.
    from rapidfuzz.process import extractOne  # noqa: PLC0415

    found = extractOne(text, aliases.keys(), score_cutoff=LIKE)
    return (aliases[found[0]], min(found[1], SURE - 1)) if found else ("", 0.0)


def header_place(rows: Sequence[Sequence[str]], known: Known) -> int:
    """In which of a file's first rows the header stands: where most cells are names we know (titles stand above)."""
    named = [sum(_is_name(cell, known) for cell in row) for row in rows[:BEST_KNOWN]]
    if max(named, default=0) >= LEAST_KNOWN:
        return named.index(max(named))
    return next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)


def _is_name(cell: str, known: Known) -> bool:
    return bool(cell.strip()) and (
        own_name(cell) in COLUMNS or folded(cell) in known or _without_unit(cell)[0] in _aliases()
    )


def id_of(columns: Sequence[Column]) -> str:
    """The name of a proposal, by which it is confirmed: the same header and the same fields, the same name."""
    said = "\n".join(f"{column.header}\t{column.field}\t{column.reading}" for column in columns)
    return blake2b(said.encode(), digest_size=8).hexdigest()


def confirmed(columns: Sequence[Column]) -> list[Column]:
    """The same columns, agreed to; those without a field are left out of the import."""
    return [replace(column, sure=True) for column in columns]


def corrected(columns: Sequence[Column], said: Mapping[str, str]) -> list[Column]:
    """The columns as somebody says: header → field, with ``:major``, ``:minor``, ``:local`` where it is not ours.

    Raises:
        UnknownField: there is no such field or reading.
    """
    told = {folded(header): _field(text) for header, text in said.items()}
    return [
        replace(column, field=told[folded(column.header)][0], reading=told[folded(column.header)][1], sure=True)
        if folded(column.header) in told
        else column
        for column in columns
    ]


def _field(text: str) -> tuple[str, str]:
    field, _, reading = text.strip().partition(":")
    if field and field not in COLUMNS:
        raise UnknownField(f"There is no field {field[:40]}")
    reading = reading or (MAJOR if field in AMOUNTS else LOCAL)
    if reading not in READINGS:
        raise UnknownField(f"There is no reading {reading[:40]}; known are {', '.join(READINGS)}")
    return field, reading
