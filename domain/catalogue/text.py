"""Say a text of the catalogue: a message (never with a blank, SR-055), a sentence of the timeline, a label.

Forms of a placeholder: ``date`` (11月25日), ``moment`` (with the time), ``money`` (minor units of the parameter
``currency``), ``days``, ``span`` (seconds), ``subject`` (shipment/2), ``units`` of order lines, ``letter`` (a message's
key), or a kind of label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.catalogue import forms
from domain.catalogue.labels_of_work import KINDS
from domain.catalogue.messages import MAY_STAY_UNSAID, MESSAGES
from domain.catalogue.pages import PAGES
from domain.catalogue.sentences import SENTENCES
from domain.catalogue.words import LANGUAGES, Words

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
UNSAID = "—"
"""What a sentence of the timeline says for a parameter it was not given."""


class UnknownText(KeyError):
    """Ours to correct: the catalogue has no text of this code."""


class UnfilledPlaceholder(ValueError):
    """Ours to correct: a message lacks what its text has to say, so it must not be sent."""


@dataclass(frozen=True)
class Speech:
    """In which language, and in whose zone, a text is said."""

    language: str
    zone: str = "Asia/Shanghai"


def render(template: str, language: str, params: Mapping[str, Any], zone: str) -> str:
    """The message ``template`` for a customer. Blank values count as not given.

    Raises:
        UnknownText: the catalogue has no such message.
        UnfilledPlaceholder: a parameter is missing, or is given and no variant of the text can say it.
    """
    words = _words(MESSAGES, template)
    given = {name for name, value in params.items() if value not in (None, "")}
    spoken = given & {name for text, _ in words for name in placeholders(text)} - MAY_STAY_UNSAID
    for pair in words:
        wanted = placeholders(pair[0])
        if wanted <= given and spoken <= wanted:
            return _fill(_of(pair, language), params, Speech(language, zone))
    lacking = sorted(placeholders(words[-1][0]) - given) or "no variant of its text says all that"
    raise UnfilledPlaceholder(f"Message {template} cannot be said with {sorted(given)}: {lacking}")


def sentence(code: str, language: str, params: Mapping[str, Any], zone: str = "Asia/Shanghai") -> str:
    """One sentence of the timeline; never fails: an unknown code is said as it is, a missing value as —."""
    words = SENTENCES.get(code)
    if words is None:
        return code
    given = {name for name, value in params.items() if value not in (None, "", [], ())}
    fitting = (pair for pair in words if placeholders(pair[0]) <= given)
    said = _fill(_of(next(fitting, words[-1]), language), params, Speech(language, zone))
    return said[:1].upper() + said[1:]


def label(kind: str, value: str, language: str) -> str:
    """The word for ``value`` of one kind (``stage``, ``clock``, ``case`` …); an unknown value is said as it is."""
    pair = KINDS[kind].get(value)
    return value if pair is None else _of(pair, language)


def page_text(code: str, language: str, params: Mapping[str, Any], zone: str) -> str:
    """One text of the page on which customers answer: the fullest variant that can be filled."""
    words = _words(PAGES, code)
    given = {name for name, value in params.items() if value not in (None, "")}
    fitting = (pair for pair in words if placeholders(pair[0]) <= given)
    return _fill(_of(next(fitting, words[-1]), language), params, Speech(language, zone))


def field_name(path: str, language: str) -> str:
    """How a field of an order is called: its label, or the line whose specification it is."""
    line = path.removeprefix("lines.").removesuffix(".specification")
    if path == f"lines.{line}.specification":
        return f"specification of line {line}" if language == "en" else f"商品行{line}的规格"
    return label("field", path, language)


def finding_text(finding: Mapping[str, Any], language: str) -> str:
    """What the audit found: its label, or the words of the edition whose condition it is, and what is suggested."""
    params: Mapping[str, Any] = finding.get("params") or {}
    own = params.get("en" if language == "en" else "zh")
    said = str(own or label("finding", str(finding.get("code", "")), language))
    if not params.get("suggested"):
        return said
    return f"{said}, perhaps {params['suggested']}" if language == "en" else f"{said}，是否为{params['suggested']}"


def language_of(wish: str) -> str:
    """The catalogue's language nearest to a wish such as ``zh-CN`` or an Accept-Language header's first word."""
    return "en" if wish.strip().lower().startswith("en") else LANGUAGES[0]


def placeholders(text: str) -> set[str]:
    """The names a text has to be given."""
    return {name for name, _ in PLACEHOLDER.findall(text)}


def _words(texts: Mapping[str, Words], code: str) -> Words:
    try:
        return texts[code]
    except KeyError:
        raise UnknownText(f"No text {code}; add it to domain/catalogue in every language.") from None


def _of(pair: tuple[str, str], language: str) -> str:
    return pair[LANGUAGES.index(language)]


def _fill(text: str, params: Mapping[str, Any], speech: Speech) -> str:
    def said(match: re.Match[str]) -> str:
        name, form = match.groups()
        value = params.get(name)
        return UNSAID if value in (None, "") else _said(value, form, params, speech)

    return PLACEHOLDER.sub(said, text)


def _said(value: Any, form: str | None, params: Mapping[str, Any], speech: Speech) -> str:
    if form is None:
        return str(value)
    if form == "money":
        return forms.money(int(value), str(params.get("currency") or "CNY"), speech.language)
    if form in ZONED:
        return ZONED[form](value, speech.language, speech.zone)
    if form in PLAIN:
        return PLAIN[form](value, speech.language)
    if isinstance(value, list | tuple):
        return forms.listed([_labelled(form, one, speech.language) for one in value], speech.language)
    return _labelled(form, value, speech.language)


def _labelled(kind: str, value: Any, language: str) -> str:
    """The label of a word, or of a finding with the field it is about."""
    if isinstance(value, Mapping):
        return f"{finding_text(value, language)} ({value.get('field', '')})"
    return field_name(str(value), language) if kind == "field" else label(kind, str(value), language)


def _letter(key: str, language: str) -> str:
    """What a message was about, by its key (message/NEED_INFO/question/1)."""
    return label("message", key.removeprefix("message/").partition("/")[0], language)


ZONED: dict[str, Callable[[Any, str, str], str]] = {"date": forms.date_words, "moment": forms.moment_words}
PLAIN: dict[str, Callable[[Any, str], str]] = {
    "days": forms.days,
    "span": forms.span,
    "subject": forms.subject,
    "units": forms.units,
    "letter": _letter,
}
