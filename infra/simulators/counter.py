"""The counter at which a party takes requests: each effect once by its key, with the faults set for the order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from infra.simulators.books import Books, as_json

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1)]
SILENCE = 15.0
"""Seconds for which an answer is lost: longer than a caller waits (`plain_protocol.ANSWER_WITHIN`)."""


class Refused(Exception):
    """The party says no, for now or for good, with this reason: nothing was done and nothing is kept."""


@dataclass(frozen=True)
class Asked:
    """One request to a party: ``external_id`` names the order whose behavior applies."""

    path: str
    key: str
    external_id: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Counter:
    """One party's counter; ``clock`` tells Unix seconds."""

    party: str
    books: Books
    clock: Callable[[], float]

    async def take(self, asked: Asked, act: Callable[[], dict[str, Any]]) -> JSONResponse:
        """Do it once and answer; the same answer whenever it is asked under the same key."""
        faults = self.books.behavior(asked.external_id).faults_of(self.party)
        if self._is_failing(asked, faults.failing, faults.failing_for):
            return self._answer(asked, 503, {"reason": "the party is out of service"})
        if faults.slow:
            await asyncio.sleep(faults.slow)
        if faults.refuses:
            return self._answer(asked, 422, {"reason": faults.refuses})
        status, answer = self._do(asked, act)
        if faults.loses_answers and self._tally(asked, "lost") <= faults.loses_answers:
            self._answer(asked, 504, answer)
            await asyncio.sleep(SILENCE)
        return self._answer(asked, status, answer)

    async def read(self, asked: Asked, look: Callable[[], dict[str, Any] | None]) -> JSONResponse:
        """Answer a question that changes nothing; 404 where ``look`` finds nothing."""
        faults = self.books.behavior(asked.external_id).faults_of(self.party)
        if self._is_failing(asked, faults.failing, faults.failing_for):
            return self._answer(asked, 503, {"reason": "the party is out of service"})
        if faults.slow:
            await asyncio.sleep(faults.slow)
        found = look()
        return self._answer(asked, 404 if found is None else 200, found or {"reason": "nothing is known of it"})

    def let_find(self, routes: APIRouter, path: str) -> None:
        """Answer ``GET path?key=`` with what was done under the key; 404 where nothing was."""

        @routes.get(path)
        async def find(key: str) -> JSONResponse:
            """What was done under a key."""
            stored = self._stored(path, key)
            if stored is None:
                return JSONResponse({"reason": "nothing was done under this key"}, 404)
            return JSONResponse(json.loads(stored["answer"]))

    def note(self, asked: Asked, status: int) -> None:
        """Remember that we were asked."""
        self.books.write(
            "INSERT INTO request (at, party, path, key, external_id, status, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(self.clock(), self.party, asked.path, asked.key, asked.external_id, status, as_json(asked.body)),
        )

    def _do(self, asked: Asked, act: Callable[[], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        forgets = self.books.behavior(asked.external_id).faults_of(self.party).forgets_keys
        stored = None if forgets else self._stored(asked.path, asked.key)
        if stored is not None:
            if stored["body"] != as_json(asked.body):
                return 409, {"reason": "this key was used for something else"}
            first: dict[str, Any] = json.loads(stored["answer"])
            return 200, first
        with self.books.together():
            try:
                answer = act()
            except Refused as refusal:
                return 200, {"accepted": False, "reason": str(refusal)}
            self.books.write(
                "INSERT OR IGNORE INTO result VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(self.party, asked.path, asked.key, asked.external_id, self.clock()),
                *(as_json(asked.body), as_json(answer)),
            )
        return 200, answer

    def _stored(self, path: str, key: str) -> Any:
        return self.books.row("SELECT * FROM result WHERE party = ? AND path = ? AND key = ?", self.party, path, key)

    def _is_failing(self, asked: Asked, times: int, seconds: float) -> bool:
        if not times and not seconds:
            return False
        count, since = self.books.count(asked.external_id, self.party, "failing", self.clock())
        return count <= times or self.clock() - since < seconds

    def _tally(self, asked: Asked, what: str) -> int:
        return self.books.count(asked.external_id, self.party, what, self.clock())[0]

    def _answer(self, asked: Asked, status: int, answer: dict[str, Any]) -> JSONResponse:
        self.note(asked, status)
        return JSONResponse(answer, status)
