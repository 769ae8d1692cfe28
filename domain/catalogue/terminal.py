"""What an order waits for, as `orders explain` says it (SR-023, M4)."""

from __future__ import annotations

import re

from domain.catalogue.text import label

WAITED_FOR: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"^payment$", "付款"),
        (r"^stock$", "到货"),
        (r"^its start$", "启动处理"),
        (r"^the next step$", "下一步"),
        (r"^a confirmation$", "确认收货"),
        (r"^correct (.+)$", r"更正\1"),
        (r"^carrier of (.+)$", r"\1的快递"),
        (r"^transfer (\S+) from (\S+)$", r"由\2调拨（\1）"),
        (r"^hold (\S+) (\S+) of (\S+)$", r"挂起\1 \2（\3）"),
        (r"^hold (.+)$", r"挂起\1"),
        (r"^step (.+)$", r"步骤\1"),
    )
)
"""What an explanation says that is waited for, as a pattern, and how a Chinese reader is told."""


def waited_for(what: str, language: str) -> str:
    """What an explanation waits for, in words; the names of steps, holds and shipments stay as requests take them."""
    if what.replace("_", "").isalpha() and (known := label("effect", what, language)) != what:
        return known
    for pattern, said in WAITED_FOR if language == "zh-Hans" else ():
        if pattern.match(what):
            return pattern.sub(said, what)
    return what
