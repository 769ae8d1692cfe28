"""Every mark that the source cites stands in docs/marks.md, and every mark that stands there is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = "docs/marks.md"
FOLDERS = ("activities", "api", "docs", "domain", "infra", "tests", "workflows")
KINDS = {".py", ".md", ".toml"}
SPEAK_OF_MARKS = {ROOT / PAGE, Path(__file__)}

NUMBERS = r"(\d+(?:(?:, | and | to |[-–…]R?)\d+)*)"
LISTS = {
    "architecture §3.": re.compile(rf"architecture §3 rules? {NUMBERS}"),
    "edge case ": re.compile(rf"(?:edge cases?|(?<=, )rows?|§4\.11 row) {NUMBERS}", re.IGNORECASE),
    "invariant ": re.compile(rf"\binvariants? {NUMBERS}", re.IGNORECASE),
    "taste rule ": re.compile(rf"\btaste rules? {NUMBERS}"),
    "R": re.compile(rf"\bR{NUMBERS}\b"),
}
"""A list or a range after these words cites each of its numbers."""
QUOTES = re.compile(r'\b(shapes|conventions)(?:\.md)? ((?:"[A-Z][A-Za-z ]+"(?:, )?)+)')
ALONE = re.compile(
    r"(?:architecture|temporal\.md|libraries\.md) §\d++(?:\.\d+)*+(?! rule)"
    r"|(?<!architecture )(?<!temporal\.md )(?<!libraries\.md )§\d++(?:\.\d+)*+(?! row)"
    r"|\b(?:A-\d\d|P-\d\d|M\d\d?|D\d|E\d(?='s))\b"
    r'|\bperformance\.md\b|\bconventions\.md\b(?! ")'
)
ROW = re.compile(r"^\| `([^`]+)`[^|]* \| [^|]+ \|$", re.MULTILINE)


def numbers(told: str) -> Iterator[int]:
    """The numbers of a list such as "13, 14 and 18", "3 to 6" or "18…R22"."""
    for first, last in re.findall(r"(\d+)(?:(?: to |[-–…]R?)(\d+))?", told):
        yield from range(int(first), int(last or first) + 1)


def marks(text: str) -> Iterator[str]:
    """Every mark that a text cites, in the one form that the page has."""
    flowing = " ".join(text.split())
    yield from ALONE.findall(flowing)
    for family, words in LISTS.items():
        yield from (f"{family}{number}" for told in words.findall(flowing) for number in numbers(told))
    for document, titles in QUOTES.findall(flowing):
        yield from (f'{document} "{title}"' for title in re.findall(r'"([^"]+)"', titles))


def sources() -> Iterator[Path]:
    """Every file that may cite a mark: what stands at the top, and the folders of the project."""
    found = [*ROOT.iterdir(), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    yield from (path for path in sorted(found) if path.suffix in KINDS or path.name == "Makefile")


@cache
def cited() -> dict[str, set[str]]:
    """Mark → the files that cite it."""
    found: dict[str, set[str]] = {}
    for path in sources():
        for mark in marks(path.read_text(encoding="utf-8")) if path not in SPEAK_OF_MARKS else ():
            found.setdefault(mark, set()).add(str(path.relative_to(ROOT)))
    return found


EXPLAINED = ROW.findall((ROOT / PAGE).read_text(encoding="utf-8"))


def test_lists_and_ranges_cite_each_of_their_numbers() -> None:
    told = (
        'edge cases 3 to 5, rows 7, 27; architecture §3\n rules 7 and 8; R18…R20; shapes "Keys", "Policy"; §4.11 row 29'
    )
    cases = [f"edge case {number}" for number in (27, 29, 3, 4, 5, 7)]
    rules = ["architecture §3.7", "architecture §3.8"]
    assert sorted(marks(told)) == ["R18", "R19", "R20", *rules, *cases, 'shapes "Keys"', 'shapes "Policy"']


def test_every_mark_that_is_cited_is_explained() -> None:
    lacking = {mark: files for mark, files in cited().items() if mark not in EXPLAINED}
    assert [f"{name}: {mark}" for mark, files in sorted(lacking.items()) for name in sorted(files)] == []


def test_every_mark_that_is_explained_is_cited() -> None:
    assert [f"{PAGE}: {mark}" for mark in EXPLAINED if mark not in cited()] == []
