"""Whether province, city and district go together (SR-012); with a suggestion, and for a person to override (P-17).

A province or a city that nobody knows, and a district that lies in another city, block the order until somebody
corrects or overrides it. What the data may simply not know yet, a new district, is never blocked: at most a notice
says which known name is like it. Only names of divisions are repeated, never a street.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from domain.addresses import DivisionChoice
from domain.audit.customer import NOT_DELIVERED
from domain.audit.divisions import DIRECT, Division, china, stem
from domain.audit.papers import Papers, is_blank
from domain.findings import Finding, Severity
from domain.overrides import ADDRESS_MISMATCH, questioned
from domain.posted import Raw, value_at

LEVELS = ("address.province", "address.city", "address.district")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
ZONE = re.compile(r"(?:新区|开发区|示范区|高新区|管理区|园区|矿区|兵团)$")
"""Zones are no divisions; the data cannot know them."""
ABROAD_OF_THE_DATA = ("香港", "澳门", "台湾")
"""Where the data knows too little of what lies in them."""
ALIKE = 0.5
"""From this share of its characters on a name may be meant: one wrong of two."""
REPEATED = re.compile(r"[\u4e00-\u9fff]{1,20}")
"""What a finding repeats: a name of a division, and no house number."""


def divisions(papers: Papers) -> Iterator[Finding]:
    """The first of province, city, district that does not go with what stands above it."""
    names = [_written(papers.raw, path) for path in LEVELS]
    judged = papers.policy.check_divisions and papers.raw.get("delivery_method") not in NOT_DELIVERED
    if judged and all(CHINESE.fullmatch(name) for name in names if name) and names[0]:
        yield from _province(papers, names)


def _written(raw: Raw, path: str) -> str:
    value = value_at(raw, path)
    return "" if is_blank(value) else "".join(unicodedata.normalize("NFKC", str(value)).split())


def _province(papers: Papers, names: Sequence[str]) -> Iterator[Finding]:
    country = china(papers.policy.divisions)
    province = country.part(names[0])
    if province is None:
        homes = [part for part in country.parts if names[1] and part.part(names[1])]
        yield _unknown(papers, 0, _like(names[0], homes or country.parts))
    elif names[1] and not province.name.startswith(ABROAD_OF_THE_DATA):
        yield from _city(papers, names, province)


def _city(papers: Papers, names: Sequence[str], province: Division) -> Iterator[Finding]:
    name = names[1]
    if province.called(name) or DIRECT.fullmatch(name.removeprefix(stem(province.name))):
        yield from _district(papers, names, province, [province, *province.parts])
        return
    city = province.part(name)
    if city is not None:
        yield from _district(papers, names, province, [city])
    elif not _lies_in(name, province) and not ZONE.search(name):
        elsewhere = _lies_in(name, china(papers.policy.divisions))
        yield _unknown(papers, 1, f"{elsewhere.name}/{name}" if elsewhere else _like(name, province.parts))


def _district(papers: Papers, names: Sequence[str], province: Division, where: Sequence[Division]) -> Iterator[Finding]:
    name = names[2]
    known = [part for place in where for part in place.parts]
    if not name or not known or any(place.part(name) or place.called(name) for place in where) or ZONE.search(name):
        return
    elsewhere = _lies_in(name, province)
    if elsewhere:
        yield _unknown(papers, 2, f"{elsewhere.name}/{name}")
    else:
        meant = _like(name, known)
        if meant:
            yield _unknown(papers, 2, meant, Severity.NOTICE)


def _lies_in(name: str, whole: Division) -> Division | None:
    """Which part of it has a part of this name: the city of a province, the province of the country."""
    return next((part for part in whole.parts if part.part(name)), None)


def _like(name: str, known: Iterable[Division]) -> str:
    """The known name that is most like this one; empty where none is."""
    bare = {part.name: stem(part.name) for part in known}
    found = process.extractOne(stem(name), bare, scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE)
    return str(found[2]) if found else ""


def _unknown(papers: Papers, level: int, suggested: str, severity: Severity = Severity.BLOCKING) -> Finding:
    given = _written(papers.raw, LEVELS[level])
    params: dict[str, str | int] = {"address": mark(papers.raw)}
    if REPEATED.fullmatch(given):
        params["given"] = given
    if suggested:
        params["suggested"] = suggested
    return Finding(code=ADDRESS_MISMATCH, field=LEVELS[level], severity=severity, params=params)


# -- what a person chose ---------------------------------------------------------------------------------------------


def mark(raw: Raw) -> str:
    """Which address a finding is about, without saying it: the same for the same province, city and district."""
    return sha256("/".join(_written(raw, path) for path in LEVELS).encode()).hexdigest()[:16]


def choices(
    before: Sequence[DivisionChoice], posted: Raw, now: Raw, findings: Iterable[Finding]
) -> tuple[DivisionChoice, ...]:
    """What was written, what was suggested and what stands now, of every division that was ever in question.

    Args:
        before: those of the version before.
        posted: the order as it came.
        now: the version that was judged.
        findings: of this version, overridden ones too.
    """
    known: Mapping[str, DivisionChoice] = {choice.field: choice for choice in before}
    asked = {finding.field: finding for finding in questioned(findings)}
    return tuple(
        DivisionChoice(
            field=path,
            original=_name(posted, path),
            suggested=str(asked[path].params.get("suggested", "")) if path in asked else known[path].suggested,
            chosen=_name(now, path),
        )
        for path in LEVELS
        if path in asked or path in known
    )


def _name(raw: Raw, path: str) -> str:
    found = REPEATED.fullmatch(_written(raw, path))
    return found.group() if found else ""
