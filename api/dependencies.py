"""What the endpoints are given: the parts of this process, and who is calling (shapes "Keys")."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from api.errors import problem
from api.guessing import Guesses
from domain.answer_code import AnswerCodes
from domain.who_may_ask import DESK
from infra.db.connections import Connections, open_connections
from infra.db.engine import open_engine
from infra.db.fact_inbox import FactInbox
from infra.db.inbox import Inbox
from infra.db.keys import Holder, holder_of
from infra.kept_secret import kept_secret
from infra.logging import set_up_logging
from infra.settings import Settings
from infra.temporal import connect
from infra.trouble import Trouble

READERS = frozenset({"viewer", *DESK})
PLACERS = frozenset({"channel", "operator", "supervisor"})
KNOWN_FOR = 10.0
"""Seconds until a key is looked up again: so long a revoked one still works."""
BEARER = "bearer "
IMPATIENT = timedelta(seconds=2)


def watch() -> datetime:
    """The edge's watch: the one place of the API that knows what time it is."""
    return datetime.now(UTC)  # noqa: TID251 - see above


@dataclass
class Temporal:
    """The connection to Temporal, made when first needed: orders are taken while Temporal is down."""

    reach: Callable[[], Awaitable[Client]]
    task_queue: str
    _client: Client | None = None
    _reaching: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def client(self) -> Client:
        """The client. Trouble where Temporal does not answer."""
        async with self._reaching:
            if self._client is None:
                self._client = await self.reach()
            return self._client


@dataclass
class Keyring:
    """Keys that were looked up a moment ago."""

    engine: AsyncEngine
    _known: dict[str, tuple[Holder | None, float]] = field(default_factory=dict)

    async def find(self, token: str) -> Holder | None:
        """What the key opens; None where it opens nothing."""
        fingerprint = sha256(token.encode()).hexdigest()
        key, until = self._known.get(fingerprint, (None, 0.0))
        now = time.monotonic()
        if until > now:
            return key
        async with self.engine.begin() as connection:
            key = await holder_of(connection, token)
        if len(self._known) > 10_000:  # noqa: PLR2004 - guessed keys must not fill the memory
            self._known.clear()
        self._known[fingerprint] = (key, now + KNOWN_FOR)
        return key


@dataclass(frozen=True)
class Parts:
    """The parts of an API process."""

    engine: AsyncEngine
    connections: Connections
    inbox: Inbox
    facts: FactInbox
    keyring: Keyring
    temporal: Temporal
    now: Callable[[], datetime]
    answers: AnswerCodes
    metrics_port: int | None = None
    guesses: Guesses = field(default_factory=Guesses)


@asynccontextmanager
async def open_parts(
    settings: Settings | None = None, *, now: Callable[[], datetime] = watch, client: Client | None = None
) -> AsyncIterator[Parts]:
    """Put the parts together, and take them apart again.

    Args:
        settings: unset: those of the environment; then logging and metrics are set up too.
        now: the clock.
        client: unset: Temporal is reached by the settings when first needed.
    """
    alone = settings is None
    settings = settings or Settings()
    if alone:
        set_up_logging(settings.log_format, settings.log_level)
    if settings.database_url is None:
        todo = "Run `orders up`, which brings one, or set ORDERS_DATABASE_URL."
        raise Trouble("The API needs a PostgreSQL, and none is named.", todo)
    engine = open_engine(settings.database_url, pool=settings.database_pool, application="orders-api")
    reach = partial(_given, client) if client else partial(connect, settings, patience=IMPATIENT)
    async with open_connections(settings.database_url) as connections:
        yield Parts(
            engine=engine,
            connections=connections,
            inbox=Inbox(connections),
            facts=FactInbox(connections),
            keyring=Keyring(engine),
            temporal=Temporal(reach, settings.task_queue),
            now=now,
            answers=_answers(settings),
            metrics_port=settings.api_metrics_port if alone else None,
        )
    await engine.dispose()


def _answers(settings: Settings) -> AnswerCodes:
    given = settings.answer_secret
    secret = kept_secret("answer", given.get_secret_value() if given else None, settings.data)
    return AnswerCodes(secret, settings.url_of_answers)


async def _given(client: Client) -> Client:
    return client


def parts_of(request: Request) -> Parts:
    """The parts of the process that answers this request."""
    parts: Parts = request.app.state.parts
    return parts


async def caller_of(request: Request) -> Holder:
    """Who is calling, by ``Authorization: Bearer``; a problem where nobody we know is."""
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(BEARER):
        raise problem(
            401,
            "key_missing",
            "This needs a key",
            todo="Send Authorization: Bearer and a key; `orders up` writes one of each role into keys.toml.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    key = await parts_of(request).keyring.find(header[len(BEARER) :].strip())
    if key is None:
        raise problem(
            401,
            "key_unknown",
            "This key is unknown or was revoked",
            todo="Use a key of keys.toml in the data folder, or have a new one made.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return key


def allow(caller: Holder, roles: Collection[str], *, to: str) -> None:
    """Let only these roles go on."""
    if caller.role not in roles:
        raise problem(
            403,
            "role_not_allowed",
            f"A key of role {caller.role} may not {to}",
            todo=f"Use a key of one of these roles: {', '.join(sorted(roles))}.",
        )


async def reader_of(request: Request) -> Holder:
    """A caller who may read orders."""
    caller = await caller_of(request)
    allow(caller, READERS, to="read orders")
    return caller


async def keeper_of(request: Request) -> Holder:
    """A caller who may change master data."""
    caller = await caller_of(request)
    allow(caller, {"operator", "supervisor"}, to="change master data")
    return caller


async def ruler_of(request: Request) -> Holder:
    """A caller who may change policies."""
    caller = await caller_of(request)
    allow(caller, {"supervisor"}, to="change policies")
    return caller


TheParts = Annotated[Parts, Depends(parts_of)]
Caller = Annotated[Holder, Depends(caller_of)]
Reader = Annotated[Holder, Depends(reader_of)]
Keeper = Annotated[Holder, Depends(keeper_of)]
Ruler = Annotated[Holder, Depends(ruler_of)]
