"""What an edit on the channel asks for (edge case 31, AC-67): fields that differ, as change requests by the matrix.

The new values may be personal: they are kept as a correction, and the request names its number only. What no kind of
change covers stays a task for a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from domain.facts import ChannelEdit
from domain.posted import LINES, Raw, value_at

CONTACT = frozenset({"customer.name", "customer.phone"})
ADDRESS = "address."
OF_MONEY = ("total", "freight", "discount", "tax")
"""Fields that go along with the change that moved them: of goods where goods differ, else of the address."""
BEARERS = frozenset({"ADDRESS", "QUANTITY", "SUBSTITUTE"})
"""Changes that may move money."""
OF_GOODS = frozenset({"sku", "specification", "unit_price", "discount"})


def edits_of(fields: Sequence[str], theirs: Raw) -> list[tuple[ChannelEdit, dict[str, Any]]]:
    """The changes that these field paths make up, each with its patch {field path: new value}, perhaps empty."""
    found = [*_goods(fields, theirs), *_receiver(fields, theirs)]
    money = [name for name in fields if name in OF_MONEY]
    bearers = [one for one in found if one[0].change in BEARERS and one[1]]
    if not money or not bearers:
        return found
    edit, patch = bearers[0]
    borne = edit.having(fields=(*edit.fields, *money), freight_changes="freight" in money)
    together = (borne, {**patch, **_patch(money, theirs)})
    return [together if one is bearers[0] else one for one in found]


def _receiver(fields: Sequence[str], theirs: Raw) -> Iterator[tuple[ChannelEdit, dict[str, Any]]]:
    address = tuple(path for path in fields if path.startswith(ADDRESS))
    if address:
        region = str(value_at(theirs, "address.province") or "")
        yield ChannelEdit(change="ADDRESS", region=region, fields=address), _patch(address, theirs)
    contact = tuple(path for path in fields if path in CONTACT)
    if contact:
        yield ChannelEdit(change="CONTACT", fields=contact), _patch(contact, theirs)
    if "buyer_message" in fields:
        yield ChannelEdit(change="GIFT_NOTE", fields=("buyer_message",)), _patch(("buyer_message",), theirs)


def _patch(paths: Sequence[str], theirs: Raw) -> dict[str, Any]:
    return {path: value_at(theirs, path) for path in paths}


def _goods(fields: Sequence[str], theirs: Raw) -> Iterator[tuple[ChannelEdit, dict[str, Any]]]:
    """A line's other quantity or goods; a line that is new or gone has no patch, so a person writes it."""
    lines = {str(line["line"]): line for line in theirs["lines"]}
    changed: dict[str, list[str]] = defaultdict(list)
    for path in fields:
        if path.startswith(LINES):
            name, _, field = path.removeprefix(LINES).rpartition(".")
            if name in lines:
                changed[name].append(field)
            else:
                yield _whole_line(path, lines)
    for name, differ in changed.items():
        line = lines[name]
        paths = tuple(f"{LINES}{name}.{field}" for field in differ)
        patch = {f"{LINES}{name}.{field}": line.get(field) for field in differ}
        said: dict[str, Any] = {"line": name, "fields": paths}
        if OF_GOODS.intersection(differ):
            yield ChannelEdit(change="SUBSTITUTE", sku=str(line["sku"]), **said), patch
        else:
            yield ChannelEdit(change="QUANTITY", quantity=int(line["quantity"]), **said), patch


def _whole_line(path: str, lines: dict[str, Any]) -> tuple[ChannelEdit, dict[str, Any]]:
    line = lines.get(path.removeprefix(LINES))
    if line is None:
        return ChannelEdit(change="QUANTITY", line=path.removeprefix(LINES), quantity=0, fields=(path,)), {}
    units = int(line["quantity"])
    return ChannelEdit(change="QUANTITY", fields=(path,), sku=str(line["sku"]), quantity=units), {}
