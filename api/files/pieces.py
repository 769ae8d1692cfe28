"""A large file in pieces, so that its way in can be watched; rows keep their numbers, no order is cut in two."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.files.sheet import HEADER, names_of, records_of

AT_ONCE = 500
"""Rows of one piece, about."""
KINDS = {"external_id": "orders", "on_hand": "stock", "sku": "skus"}
"""Column → the kind of file that has it."""
OF_ORDER = ("channel", "external_id")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file, with the file's header; ``first_row`` is its first row in the whole."""

    content: bytes
    first_row: int
    rows: int


def kind_of(content: bytes) -> str | None:
    """What the file is about, by its header; None where that cannot be told."""
    try:
        header = names_of(next(records_of(content), []))
    except (UnicodeDecodeError, csv.Error):
        return None
    return next((kind for column, kind in KINDS.items() if column in header), None)


def pieces_of(content: bytes, kind: str) -> list[Piece]:
    """The file in pieces; whole where it cannot be cut, for the API to say what is wrong with it."""
    try:
        header, *records = list(records_of(content))
    except (UnicodeDecodeError, csv.Error, ValueError):
        return [Piece(content, HEADER + 1, 1)]
    names = names_of(header)
    places = [names.index(name) for name in OF_ORDER if name in names] if kind == "orders" else []
    keys = [tuple(record[place] for place in places if place < len(record)) for record in records]
    if not records or (places and _scattered(keys)):
        return [Piece(content, HEADER + 1, len(records))]
    return [
        Piece(_written([header, *records[begin:end]]), HEADER + 1 + begin, end - begin)
        for begin, end in _cuts(keys, cut_anywhere=not places)
    ]


def _cuts(keys: Sequence[tuple[str, ...]], *, cut_anywhere: bool) -> Iterator[tuple[int, int]]:
    begin = 0
    for end in range(1, len(keys)):
        if end - begin >= AT_ONCE and (cut_anywhere or keys[end] != keys[end - 1]):
            yield begin, end
            begin = end
    yield begin, len(keys)


def _scattered(keys: Sequence[tuple[str, ...]]) -> bool:
    """Whether an order's rows do not stand together."""
    runs = sum(1 for place, key in enumerate(keys) if place == 0 or keys[place - 1] != key)
    return runs > len(set(keys))


def _written(records: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(records)
    return text.getvalue().encode()
