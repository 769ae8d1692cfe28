"""The trail of an order as a chain (SR-003, P-16): whoever changes, deletes or slips in a row breaks it.

Each row's hash is made of the hash before it and of its own content, so anybody can check an exported trail:
``sha256(prev_hash + content)`` of every row is its ``hash``, and its ``prev_hash`` is the ``hash`` of the row before.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from domain.value import Value


class Link(Value):
    """One row of the trail as a link of its chain. ``content`` is what the row says now, as text."""

    seq: int
    key: str
    prev_hash: str
    hash: str
    content: str


class Head(Value):
    """Where the chain ends, kept apart from it; ``seq`` 0: nothing was written yet."""

    seq: int = 0
    hash: str = ""


class Broken(Value):
    """The first row that is not as it was written: ``key`` is empty where the row is gone."""

    seq: int
    key: str
    reason: str


CHANGED = "its content is not what was written"
NOT_NEXT = "it does not follow the row before it"
MISSING = "the row is missing"
ADDED = "it was added behind the end of the trail"


def hash_of(link: Link) -> str:
    """What the row's hash has to be."""
    return sha256(f"{link.prev_hash}{link.content}".encode()).hexdigest()


def first_broken(links: Sequence[Link], head: Head) -> Broken | None:
    """The first row, in the order of the chain, that is not as it was written; None where the whole trail is.

    Args:
        links: every row of one order, by ``seq``.
        head: the end of its chain.
    """
    before = Link(seq=0, key="", prev_hash="", hash="", content="")
    for link in links:
        if link.seq > before.seq + 1:
            return Broken(seq=before.seq + 1, key="", reason=MISSING)
        reason = _wrong(link, before, head)
        if reason:
            return Broken(seq=link.seq, key=link.key, reason=reason)
        before = link
    if before.seq < head.seq:
        return Broken(seq=before.seq + 1, key="", reason=MISSING)
    return None


def _wrong(link: Link, before: Link, head: Head) -> str:
    if link.seq > head.seq:
        return ADDED
    if link.seq != before.seq + 1 or link.prev_hash != before.hash:
        return NOT_NEXT
    ends_elsewhere = link.seq == head.seq and link.hash != head.hash
    return CHANGED if link.hash != hash_of(link) or ends_elsewhere else ""
