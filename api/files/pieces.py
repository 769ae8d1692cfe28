"""A large file in pieces, so that its way in can be watched and resumed; rows keep their numbers, no order is cut."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.files.grid import grid_of
from api.files.mapping import BEST_KNOWN, columns_of, header_place, own_name
from api.files.sheet import HEADER, UNREADABLE

AT_ONCE = 500
"""Rows of one piece, about."""
KINDS = {"external_id": "orders", "on_hand": "stock", "sku": "skus"}
"""Column → the kind of file that has it."""
OF_ORDER = ("channel", "external_id")
HEAD = 50
"""So many rows show how a file's columns are read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file, with the file's header; ``first_row`` is its first row in the whole."""

    content: bytes
    first_row: int
    rows: int


@dataclass(frozen=True)
class Cut:
    """A file that can be cut. ``office``: it was a workbook, whose times have no offset."""

    header: list[str]
    records: list[list[str]]
    first_row: int
    office: bool = False

    def head(self) -> Piece:
        """Its first rows, to ask how its columns are read."""
        return self._piece(0, min(HEAD, len(self.records)))

    def pieces(self, places: Sequence[int]) -> list[Piece]:
        """The file in pieces.

        Args:
            places: the columns that name an order; none: rows do not belong together.
        """
        keys = _keys(self.records, places)
        if not self.records or (places and _scattered(keys)):
            return [self._piece(0, len(self.records))]
        return [self._piece(begin, end) for begin, end in _cuts(keys, cut_anywhere=not places)]

    def lowered(self, rows: int) -> Cut:
        """The same file with its header so many rows further down."""
        if not rows:
            return self
        return replace(
            self, header=self.records[rows - 1], records=self.records[rows:], first_row=self.first_row + rows
        )

    def _piece(self, begin: int, end: int) -> Piece:
        content = _written([self.header, *self.records[begin:end]])
        return Piece(content, self.first_row + begin, end - begin)


def kind_of(content: bytes, sheet: str = "") -> str | None:
    """What the file is about, by its header; None where that cannot be told."""
    try:
        head = [row for row, _ in zip(grid_of(content, sheet).records, range(BEST_KNOWN), strict=False)]
    except UNREADABLE:
        return None
    if not head:
        return None
    names = [own_name(name) for name in head[0]]
    ours = next((kind for column, kind in KINDS.items() if column in names), None)
    if ours:
        return ours
    fields = {column.field for column in columns_of(head[header_place(head, {})], {})}
    return "orders" if {"quantity", "unit_price"} <= fields or {"external_id", "placed_at"} <= fields else None


def cut_of(content: bytes, sheet: str = "") -> Cut | None:
    """The file, to be cut; None where it cannot be read, for the API to say why."""
    try:
        grid = grid_of(content, sheet)
        records = list(grid.records)
    except UNREADABLE:
        return None
    if not records:
        return None
    place = header_place(records[:BEST_KNOWN], {})
    return Cut(records[place], records[place + 1 :], place + HEADER + 1, office=grid.office)


def pieces_of(content: bytes, kind: str) -> list[Piece]:
    """The file in pieces by its own names; whole where it cannot be cut, for the API to say what is wrong with it."""
    cut = cut_of(content)
    if cut is None:
        return [Piece(content, HEADER + 1, 1)]
    names = [own_name(name) for name in cut.header]
    return cut.pieces([names.index(name) for name in OF_ORDER if name in names] if kind == "orders" else [])


def _keys(records: Sequence[Sequence[str]], places: Sequence[int]) -> list[tuple[str, ...]]:
    """Which order each row belongs to; one that names no other order than the one above it goes on with that."""
    keys: list[tuple[str, ...]] = []
    for record in records:
        key = tuple(record[place].strip() if place < len(record) else "" for place in places)
        goes_on = keys and all(told in ("", above) for told, above in zip(key, keys[-1], strict=True))
        keys.append(keys[-1] if goes_on else key)
    return keys


def _cuts(keys: Sequence[tuple[str, ...]], *, cut_anywhere: bool) -> Iterator[tuple[int, int]]:
    begin = 0
    for end in range(1, len(keys)):
        if end - begin >= AT_ONCE and (cut_anywhere or keys[end] != keys[end - 1]):
            yield begin, end
            begin = end
    yield begin, len(keys)


def _scattered(keys: Sequence[tuple[str, ...]]) -> bool:
    """Whether an order's rows do not stand together; its channel may stand on one of them only."""
    ids = [key[-1] for place, key in enumerate(keys) if place == 0 or keys[place - 1] != key]
    return len(ids) > len(set(ids))


def _written(records: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(records)
    return text.getvalue().encode()
