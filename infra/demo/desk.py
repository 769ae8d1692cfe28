"""The demo's hands: everything it does to the orders' API and to the simulated parties, over HTTP only."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import httpx2
from pydantic import Field, TypeAdapter

from domain.policy import Policy
from domain.value import Value
from infra.trouble import Trouble

OPENED_BY = re.compile(r"(?P<address>https?://[^\s，,]+).*?(?:输入(?:验证码)?|code )(?P<code>[0-9A-Za-z-]+)")
"""What a message says to a customer who is asked: the page's address, and the code that opens it."""
PATIENCE = 5
"""Times a call is tried again when nobody answers."""


class Seen(Value):
    """One order as the list shows it."""

    order_no: str
    external_id: str
    stage: str
    final: bool = False
    open_cases: tuple[str, ...] = ()
    needs_attention: bool = False


class CaseSeen(Value):
    """One case of an order."""

    case_no: int
    kind: str
    status: str


class ClockSeen(Value):
    """One clock of an order."""

    kind: str
    verdict: str
    case_no: int | None = None


class Happened(Value):
    """One sentence of an order's timeline; ``code`` says what kind of thing it tells."""

    code: str
    at: datetime
    text: str
    params: dict[str, Any] = Field(default_factory=dict)


class ReturnSeen(Value):
    """One return of an order."""

    return_no: int
    state: str
    outcome: str = ""


class Detail(Value):
    """One order in full, as far as the demo needs it."""

    stage: str
    version: int
    cases: tuple[CaseSeen, ...] = ()
    clocks: tuple[ClockSeen, ...] = ()
    holds: tuple[dict[str, Any], ...] = ()
    effects: tuple[dict[str, Any], ...] = ()
    returns: tuple[ReturnSeen, ...] = ()


STORY: TypeAdapter[tuple[Happened, ...]] = TypeAdapter(tuple[Happened, ...])
PAGE: TypeAdapter[list[Seen]] = TypeAdapter(list[Seen])


@dataclass(frozen=True)
class Desk:
    """Calls our API at ``api_url`` with one key a role, and the parties at ``simulators_url``."""

    client: httpx2.AsyncClient
    api_url: str
    simulators_url: str
    keys: Mapping[str, str]
    _requests: count[int] = field(default_factory=lambda: count(1))

    async def put_policy(self, policy: Policy, channel: str) -> None:
        """An edition of the policy, for one channel."""
        body: dict[str, object] = {"channel": channel, "body": policy.model_dump(mode="json")}
        await self._call("PUT", f"/v1/policies/{policy.edition}", "supervisor", body)

    async def put(self, path: str, body: Mapping[str, object]) -> None:
        """Master data: a SKU, a warehouse, a stock level."""
        await self._call("PUT", f"/v1/{path}", "supervisor", dict(body))

    async def post_order(self, order: Mapping[str, object]) -> str:
        """Place an order; its number."""
        answer = await self._call("POST", "/v1/orders", "channel", dict(order))
        return str(answer["order_no"])

    async def ask(self, order_no: str, request: str, body: Mapping[str, object]) -> None:
        """Make a request of an order, as a supervisor."""
        named = {"request_id": f"demo-{order_no}-{next(self._requests)}", **body}
        await self._call("POST", f"/v1/orders/{order_no}/{request}", "supervisor", named)

    async def tell(self, fact: Mapping[str, object]) -> None:
        """Report a fact, with its source's key."""
        await self._call("POST", "/v1/facts", str(fact["source"]), dict(fact))

    async def behave(self, external_id: str, behavior: Mapping[str, object]) -> None:
        """Set the parties' behavior for an order."""
        await self._send("PUT", f"{self.simulators_url}/behavior/{external_id}", None, dict(behavior))

    async def pay(self, payment: Mapping[str, object]) -> None:
        """Have the customer pay now."""
        await self._send("POST", f"{self.simulators_url}/payments/payments", None, dict(payment))

    async def orders(self, since: datetime, channels: tuple[str, ...]) -> list[Seen]:
        """Every order of these channels placed since then."""
        found: list[Seen] = []
        for channel in channels:
            cursor: str | None = None
            while True:
                params = {"channel": channel, "placed_at[gte]": since.isoformat(), "limit": "100"}
                page = await self._page(params | ({"cursor": cursor} if cursor else {}))
                found += PAGE.validate_python(page["orders"])
                cursor = page.get("next_cursor")
                if not cursor:
                    break
        return found

    async def detail(self, order_no: str) -> Detail:
        """One order in full."""
        return Detail.model_validate(await self._call("GET", f"/v1/orders/{order_no}", "viewer"))

    async def story(self, order_no: str, language: str) -> tuple[Happened, ...]:
        """Everything that happened to an order, oldest first."""
        page = await self._call("GET", f"/v1/orders/{order_no}/timeline?lang={language}", "viewer")
        return STORY.validate_python(page["timeline"])

    async def answer(self, external_id: str, fields: Mapping[str, str]) -> None:
        """The customer opens the page of the message with its code, and says what is right, or what they take."""
        log = await self._send("GET", f"{self.simulators_url}/log?external_id={external_id}", None, None)
        texts = [one["body"]["text"] for one in log["effects"] if one["path"] == "/messages"]
        found = next((opened for text in reversed(texts) if (opened := OPENED_BY.search(text))), None)
        if found is None:
            raise Trouble(f"No message of {external_id} asks its customer", "`orders show` tells what was sent.")
        page = await self.client.post(found["address"], data={"code": found["code"]})
        question = f"{self.api_url}{page.headers.get('location', '')}"
        answer = await self.client.post(question, data={"option": "correct", **fields})
        if not answer.is_success:
            raise Trouble(f"The answer page says {answer.status_code}", "The log of the API tells why.")

    async def _page(self, params: Mapping[str, str]) -> dict[str, Any]:
        query = str(httpx2.QueryParams(dict(params)))
        return await self._call("GET", f"/v1/orders?{query}", "viewer")

    async def _call(self, method: str, path: str, role: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        return await self._send(method, self.api_url + path, self.keys[role], body)

    async def _send(self, method: str, url: str, key: str | None, body: dict[str, object] | None) -> dict[str, Any]:
        failure = ""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        for attempt in range(1, PATIENCE + 1):
            try:
                answer = await self.client.request(method, url, json=body, headers=headers)
            except httpx2.RequestError as error:
                failure = f"no answer ({type(error).__name__})"
            else:
                if answer.is_success:
                    read: dict[str, Any] = answer.json() if answer.content else {}
                    return read
                failure = f"{answer.status_code} {answer.text[:500]}"
                if answer.is_client_error:
                    break
            await asyncio.sleep(attempt / 2)
        raise Trouble(f"{method} {url}: {failure}", "`orders doctor` looks at the usual causes.")
