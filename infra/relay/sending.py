"""Sending the outbox (architecture §3.9): each letter once under its key, with back-off, with limits per channel."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from domain.catalogue.text import UnfilledPlaceholder, UnknownText
from infra.connectors.channel import ChannelRefused
from infra.connectors.erp import ErpRefused
from infra.connectors.invoicing import InvoiceRefused
from infra.connectors.messaging import ReceiverRefused
from infra.db.answers import CodeTaken
from infra.db.connections import Connections
from infra.db.transactions import Transactions, single_steps
from infra.db.waiting import letters as waiting
from infra.db.waiting.letters import SentLetter, WaitingLetter
from infra.relay.letters import Answer, Post
from infra.relay.metrics import LETTERS
from infra.relay.receipts import PUSHES, answered, receipt, wants_receipt

log = structlog.get_logger(__name__)
AT_ONCE = 64
A_CHANNEL = 8
"""Letters of one kind and channel that are under way at once: one slow party holds up no other."""
LONGEST = timedelta(minutes=5)
TOO_OLD = timedelta(hours=24)
"""News that could not be told for so long is none any more (temporal.md §5.4 "notify")."""
FOR_EVER = (ReceiverRefused, ChannelRefused, ErpRefused, InvoiceRefused, UnfilledPlaceholder, UnknownText, CodeTaken)
"""Answers that no repetition changes, and texts that lack something."""
MESSAGE = "message"
GATHER = 0.2
"""Seconds between rounds: due letters gather, and sent ones are written down together."""


@dataclass
class Sending:
    """Sends letters; ``changed`` is called when one has come back and there is room again."""

    engine: Transactions
    connections: Connections
    post: Post
    now: Callable[[], datetime]
    changed: Callable[[], None]
    _under_way: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lines: defaultdict[tuple[str, str], asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(A_CHANNEL))
    )
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _mine: set[str] = field(default_factory=set)
    _sent: dict[str, SentLetter] = field(default_factory=dict)
    _kept_at: datetime | None = None

    def __post_init__(self) -> None:
        """Where one statement is all, no transaction is opened for it."""
        self._single = single_steps(self.engine)

    async def work(self) -> float | None:
        """One round: take what is due and there is room for, and send it beside the next rounds."""
        await asyncio.sleep(GATHER)
        await self._write_down()
        await self._keep_claims()
        room = AT_ONCE - len(self._tasks)
        if room <= 0:
            return None
        full = [f"{kind}/{channel}" for (kind, channel), count in self._under_way.items() if count >= A_CHANNEL]
        for letter in await waiting.claim(self.connections, room, self.now(), full):
            self._mine.add(letter.key)
            self._under_way[letter.kind, letter.channel] += 1
            task = asyncio.create_task(self._send(letter))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return None

    async def finish(self, *, within: timedelta) -> None:
        """Wait for the letters that are under way; what is not settled by then goes again under its key."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within.total_seconds())
        for task in self._tasks:
            task.cancel()
        try:
            await self._write_down()
        except Exception as error:  # noqa: BLE001 (they go again under their keys)
            log.warning("letters not written down", count=len(self._sent), error=f"{type(error).__name__}: {error}")

    async def _write_down(self) -> None:
        """Write down what was sent since the last round; what cannot be written is kept for the next."""
        sent = list(self._sent.values())
        if sent:
            await waiting.mark_sent(self.connections, sent)
            for letter in sent:
                del self._sent[letter.key]
                self._mine.discard(letter.key)

    async def _keep_claims(self) -> None:
        """A slow party's letters stay ours; those of a killed relay are soon free."""
        now = self.now()
        if self._mine and (self._kept_at is None or now - self._kept_at > waiting.CLAIMED_FOR / 3):
            self._kept_at = now
            async with self._single.begin() as connection:
                await waiting.keep(connection, sorted(self._mine), now)

    async def _send(self, letter: WaitingLetter) -> None:
        """Send one letter and write down what came of it; what cannot be written is tried again under its key."""
        try:
            async with self._lines[letter.kind, letter.channel]:
                await self._try(letter)
        except Exception as error:  # noqa: BLE001 (the claim runs out, and the letter is free again)
            log.warning("letter not settled", key=letter.key, error=f"{type(error).__name__}: {error}")
        finally:
            if letter.key not in self._sent:
                self._mine.discard(letter.key)
            self._under_way[letter.kind, letter.channel] -= 1
            self.changed()

    async def _try(self, letter: WaitingLetter) -> None:
        try:
            answer = await self.post.send(letter)
        except FOR_EVER as error:
            await self._give_up(letter, str(error), by_channel=isinstance(error, ChannelRefused))
        except Exception as error:  # noqa: BLE001 (unreachable, or a defect: kept, shown, tried again)
            reason = f"{type(error).__name__}: {error}"
            if letter.kind == MESSAGE and self.now() - letter.created_at > TOO_OLD:
                await self._give_up(letter, reason)
                return
            LETTERS.labels(letter.kind, "failed").inc()
            await self._later(letter, reason)
            if letter.attempts == 1:
                log.warning("letter not sent", key=letter.key, error=reason)
        else:
            await self._settle(letter, answer)

    async def _give_up(self, letter: WaitingLetter, reason: str, *, by_channel: bool = False) -> None:
        LETTERS.labels(letter.kind, "given up").inc()
        async with self.engine.begin() as connection:
            await waiting.give_up(connection, letter, self.now(), reason)
            if wants_receipt(letter):
                await waiting.keep_answer(connection, receipt(letter, self.now(), refused=reason or "given up"))
            if by_channel and letter.kind in PUSHES:
                refused = Answer(taken=False, reason=reason or "given up")
                await waiting.keep_answer(connection, answered(letter, refused, self.now()))
        log.warning("letter given up", key=letter.key, error=reason)

    async def _settle(self, letter: WaitingLetter, answer: Answer) -> None:
        LETTERS.labels(letter.kind, "sent" if answer.taken else "not taken").inc()
        if letter.kind == "push_tracking" or (letter.kind in PUSHES and (letter.attempts > 1 or not answer.taken)):
            async with self._single.begin() as connection:
                await waiting.keep_answer(connection, answered(letter, answer, self.now()))
        if wants_receipt(letter) and answer.taken:
            async with self.engine.begin() as connection:
                await waiting.keep_answer(connection, receipt(letter, self.now()))
        if answer.taken:
            self._sent[letter.key] = SentLetter(letter.key, self.now(), answer.reference)
        else:
            await self._later(letter, answer.reason)

    async def _later(self, letter: WaitingLetter, reason: str) -> None:
        pause = min(LONGEST, timedelta(seconds=2 ** min(letter.attempts, 9)))
        async with self._single.begin() as connection:
            await waiting.mark_failed(connection, letter.key, self.now() + pause, reason)
