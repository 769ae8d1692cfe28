"""The list's cursor: opaque, and good only for the filters it was made with."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from hashlib import blake2b

from api.errors import problem
from infra.db.queries.lists import Filters, Place

SEAL_BYTES = 6


def cursor_of(place: Place, filters: Filters) -> str:
    """The cursor that goes on after a place."""
    content = f"{place.placed_at.isoformat()}|{place.order_no}".encode()
    return base64.urlsafe_b64encode(_seal(content, filters) + content).decode().rstrip("=")


def place_of(cursor: str, filters: Filters) -> Place:
    """The place of a cursor; a problem where it is none of ours, or was made with other filters."""
    try:
        read = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, content = read[:SEAL_BYTES], read[SEAL_BYTES:]
        placed_at, order_no = content.decode().split("|")
        place = Place(datetime.fromisoformat(placed_at), order_no)
    except (ValueError, binascii.Error) as error:
        raise _not_ours() from error
    if seal != _seal(content, filters) or place.placed_at.tzinfo is None:
        raise _not_ours()
    return place


def _seal(content: bytes, filters: Filters) -> bytes:
    return blake2b(content + repr(filters).encode(), digest_size=SEAL_BYTES).digest()


def _not_ours() -> Exception:
    return problem(
        422,
        "wrong_cursor",
        "This cursor does not belong to this list",
        todo="Take next_cursor of the page before, with the same filters; leave cursor out for the first page.",
    )
