"""The page on which a customer answers (M18): one column for a phone, no script, nothing from a foreign host."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from starlette.responses import HTMLResponse

from domain.catalogue.text import field_name, label, page_text

CSS = (
    ":root{color-scheme:light dark}"
    "body{font:17px/1.5 system-ui,sans-serif;margin:0 auto;max-width:32rem;padding:1.25rem}"
    "h1{font-size:1.3rem;margin:0 0 .25rem}p{margin:.5rem 0}label{display:block;margin:1rem 0 .25rem;font-weight:600}"
    "small{display:block;color:#666;font-weight:400}label::first-letter,button::first-letter{text-transform:uppercase}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.7rem;"
    "border:1px solid #888;border-radius:.5rem}button{font:inherit;width:100%;padding:.85rem;margin:1rem 0 0;"
    "border:1px solid #0a5;border-radius:.5rem;background:#0a5;color:#fff}"
    "button.other{background:transparent;color:inherit;border-color:#888}"
    ".said{padding:.8rem 1rem;border-left:.3rem solid #0a5;background:#0a51}.wrong{border-color:#c30;background:#c301}"
)
HASH = b64encode(sha256(CSS.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{HASH}'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Page:
    """Says things in the reader's language and in the business zone."""

    language: str
    zone: str

    def says(self, code: str, **params: Any) -> str:
        """One text of the page, escaped."""
        return escape(page_text(code, self.language, params, self.zone))

    def answer(self, parts: Iterable[str], status: int = 200) -> HTMLResponse:
        """The whole page."""
        title = self.says("title")
        body = "".join(parts)
        text = (
            f'<!doctype html><html lang="{self.language}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
            f"<style>{CSS}</style><h1>{title}</h1>{body}</html>"
        )
        return HTMLResponse(text, status, HEADERS)

    def told(self, code: str, *, wrong: bool = False, **params: Any) -> str:
        """One thing that came of it."""
        return f'<p class="said{" wrong" if wrong else ""}" role="status">{self.says(code, **params)}</p>'

    def code_form(self, said: str = "", status: int = 200) -> HTMLResponse:
        """Where the short code is typed."""
        parts = [
            said,
            f"<p>{self.says('enter_code')}</p>",
            f'<form method="post" action="/a"><label for="code">{self.says("code")}</label>',
            '<input id="code" name="code" autocomplete="one-time-code" autocapitalize="characters" maxlength="20" ',
            f"required autofocus><button>{self.says('open')}</button></form>",
        ]
        return self.answer(parts, status)

    def question(self, token: str, asked: Mapping[str, Any], said: str = "", status: int = 200) -> HTMLResponse:
        """The question: ``no``, ``deadline``, ``otherwise``, ``options``, ``fields`` (path → masked value or None)."""
        fields: Mapping[str, str | None] = asked["fields"]
        parts = [
            f"<p>{self.says('order', no=asked['no'])}</p>",
            said,
            f"<p>{self.says('until', deadline=asked['deadline'])} ",
            f"{self.says('otherwise', option=asked['otherwise'])}</p>",
            f"<p>{self.says('please_check' if fields else 'please_choose')}</p>",
            f'<form method="post" action="/a/{escape(token)}" autocomplete="off">',
            *(self._field(path, value) for path, value in fields.items()),
            *(self._option(place, option) for place, option in enumerate(asked["options"])),
            "</form>",
        ]
        return self.answer(parts, status)

    def sure(self, token: str, word: str) -> HTMLResponse:
        """One more look at what cannot be undone."""
        link, value = escape(token), escape(word)
        parts = [
            self.told("sure", wrong=True, option=word),
            f'<form method="post" action="/a/{link}"><input type="hidden" name="sure" value="1">',
            f'<button name="option" value="{value}">{escape(label("option", word, self.language))}</button></form>',
            f'<p><a href="/a/{link}">{self.says("back")}</a></p>',
        ]
        return self.answer(parts)

    def _field(self, path: str, value: str | None) -> str:
        name = escape(path)
        present = self.says("now", value=value) if value else self.says("unknown")
        now = self.says("stays") if value is None else present
        return (
            f'<label for="{name}">{escape(field_name(path, self.language))}<small>{now}</small></label>'
            f'<input id="{name}" name="{name}" maxlength="200">'
        )

    def _option(self, place: int, option: Mapping[str, Any]) -> str:
        difference, day = int(option.get("difference") or 0), option.get("day")
        words = [escape(label("option", str(option["word"]), self.language)), escape(str(option.get("about") or ""))]
        if difference:
            money = {"difference": abs(difference), "currency": option.get("currency")}
            words.append(self.says("more" if difference > 0 else "less", **money))
        if day:
            words.append(self.says("by", day=day))
        kind = ' class="other"' if place else ""
        value = escape(str(option["word"]))
        return f'<button name="option" value="{value}"{kind}>{" · ".join(filter(None, words))}</button>'
