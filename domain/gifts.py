"""Gifts follow their goods (edge case 51): what belongs to a line that is not sent is not sent either.

A gift is a line that a match of the platform's code made, free of charge; its goods are the other parts of that line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.code_matching import GIFT
from domain.lines import Line


def is_gift(line: Line) -> bool:
    """Whether it came free with other goods."""
    return line.added_by_rule == GIFT


def goods_left(lines: Sequence[Line], less: Mapping[str, int]) -> bool:
    """Whether goods that were paid for are left without ``less`` units of these lines."""
    return any(_kept(line, less) > 0 for line in lines if not is_gift(line))


def with_their_gifts(lines: Sequence[Line], less: Mapping[str, int]) -> dict[str, int]:
    """The same units and those of the gifts that go with them.

    Of a gift stays the largest share that stays of any of its goods, in whole units rounded up: who gets goods gets the
    gift of theirs.
    """
    found = dict(less)
    for gift in lines:
        mine = [line for line in lines if line.part_of == gift.part_of and not is_gift(line) and line.ordered]
        if not is_gift(gift) or not mine or not any(line.line in less for line in mine):
            continue
        stays = max(-(-gift.ordered * _kept(line, less) // line.ordered) for line in mine)
        gone = gift.ordered - gift.cancelled - stays
        if gone > 0:
            found[gift.line] = max(gone, found.get(gift.line, 0))
    return found


def _kept(line: Line, less: Mapping[str, int]) -> int:
    return line.ordered - line.cancelled - less.get(line.line, 0)
