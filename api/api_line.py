"""The command line's way to the API: where it is, with which key, and what its problems say."""

from __future__ import annotations

import tomllib
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from api.speaking import spoken
from domain.catalogue.text import language_of
from infra.trouble import Trouble
from infra.whereabouts import load_settings, running

PATIENCE = 120.0
"""Seconds an answer may take: a large file is read whole."""


class SaidNo(Trouble):
    """The API answered no: ``status`` and ``said`` are its problem."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        """Keep the problem."""
        super().__init__(_told(said), said.get("todo") or "`orders doctor` looks at the usual causes.")
        self.status = status
        self.said = said


class ApiLine:
    """The API as a program reaches it: that of the stack which is up, else ORDERS_API_URL; with a role's key.

    Args:
        role: whose key of keys.toml is used.
        lang: the language of what is answered; by itself ORDERS_LANGUAGE.
    """

    def __init__(self, role: str, lang: str = "") -> None:
        settings = load_settings()
        up = running(settings)
        self.language = language_of(lang or settings.language)
        self._ui = settings.ui_url if settings.api_url or up is None else up.ui_url
        self._namespace = settings.namespace
        self.url = settings.api_url or (up.api_url if up else settings.url_of_api)
        try:
            keys = tomllib.loads(settings.keys_file.read_text(encoding="utf-8"))
            key = keys.get("keys", keys)[role]
        except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
            todo = "`orders up` makes it on its first start; ORDERS_DATA names its folder."
            raise Trouble(f"There is no {role} key in {settings.keys_file}.", todo) from error
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": self.language}
        self._client = httpx2.Client(base_url=self.url, headers=headers, timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def link(self, order_no: str) -> str:
        """Where the Temporal UI shows an order; empty where nobody knows where the UI is."""
        from infra.relay.door import workflow_id  # noqa: PLC0415 - loads Temporal's client, which few commands need

        workflow = quote(workflow_id(order_no), safe="")
        return f"{self._ui}/namespaces/{self._namespace}/workflows/{workflow}" if self._ui else ""

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Read. Trouble where the API does not answer, or says no."""
        given = {name: value for name, value in params.items() if value not in (None, "", [])}
        return self._answer("GET", path, params=given)

    def send(self, path: str) -> dict[str, Any]:
        """Have something done. Trouble as in ``get``."""
        return self._answer("POST", path)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for something. Trouble as in ``get``."""
        return self._answer("POST", path, json=body)

    def send_file(self, path: str, content: bytes, **params: Any) -> dict[str, Any]:
        """Send a file. Trouble as in ``get``."""
        return self._answer("POST", path, **_file(content, params))

    def fetch_file(self, method: str, path: str, content: bytes | None = None, **params: Any) -> bytes:
        """What is answered as a file. Trouble as in ``get``."""
        return self._ask(method, path, **_file(content, params)).content

    def _answer(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        said: dict[str, Any] = self._ask(method, path, **options).json()
        return spoken(said, self.language)

    def _ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        try:
            answer = self._client.request(method, path, **options)
        except httpx2.RequestError as error:
            todo = "Start it with `orders up`, or set ORDERS_API_URL to one that runs."
            raise Trouble(f"The API does not answer at {self.url} ({type(error).__name__}).", todo) from error
        if answer.is_success:
            return answer
        try:
            said: dict[str, Any] = answer.json()
        except ValueError:
            said = {"title": f"The API answered {answer.status_code}, and not in JSON."}
        raise SaidNo(answer.status_code, spoken(said, self.language))


def _file(content: bytes | None, params: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in params.items() if value not in (None, "", False)}
    headers = {"Content-Type": "application/octet-stream"} if content is not None else {}
    return {"content": content, "headers": headers, "params": given}


def _told(said: dict[str, Any]) -> str:
    fields = [f"{error['field']}: {error['reason']}" for error in said.get("errors", [])]
    return "; ".join([f"{said.get('title', 'The API said no')}", *fields])
