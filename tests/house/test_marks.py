"""Every mark that a comment cites is explained in docs/marks.md, and nothing is explained there that nobody cites."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = "docs/marks.md"
TRACKED = ("*.py", "*.md", "*.toml", "Makefile")
NUMBERS = r"\d+(?:(?:, | and | to |[-–…])\d+)*"
BETWEEN = r"[^\S\n]*(?:\n[\s#:]*)?"
NUMBERED = {
    "architecture §3.{}": rf"architecture §3{BETWEEN} rules? ({NUMBERS})",
    "edge case {}": rf"(?i:edge cases?|(?<=, )rows?|§4\.11 row) ({NUMBERS})",
    "invariant {}": rf"(?i:invariants?) ({NUMBERS})",
    "taste rule {}": rf"taste rules? ({NUMBERS})",
    "R{}": r"\bR(\d+(?:[-–…]R\d+)?)\b",
}
"""Marks that may stand as a list or a range; each number is a mark."""
SINGLE = (
    r"(?:architecture|temporal\.md|libraries\.md) §\d+(?:\.\d+)?(?! rule)",
    r"(?<!architecture )(?<!temporal\.md )(?<!libraries\.md )§\d\.\d+(?! row)",
    r"\b(?:A-\d\d|P-\d\d|M\d{1,2}|D\d)\b",
    r"\bE\d(?='s)",
    r"\bperformance\.md\b",
)
QUOTED = re.compile(r'\b(shapes|conventions)(?:\.md)? ("[A-Z][A-Za-z ]+"(?:, "[A-Z][A-Za-z ]+")*)')
