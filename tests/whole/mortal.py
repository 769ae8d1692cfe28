"""Workers that die: `python -P -m tests.whole.mortal PLAN`, in the environment of a stack that runs no worker.

PLAN is a JSON list: where the process that serves the first, the second … order of the database kills itself with -9,
once: `enter_order/start`, `record_order/3/finish` (the third turn). Several workers share the orders, so that a death
hurts few; a dead one is born again at once, from a parent that has everything loaded. The relay's process is immortal.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from temporalio import activity, client
from temporalio.common import RawValue
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker as composition
from domain.answer_code import AnswerCodes
from domain.coupon_code import CouponCodes
from domain.recording import Recording
from infra.connectors.plain_protocol import plain_client
from infra.db.connections import open_connections
from infra.db.engine import open_engine
from infra.temporal import connect
from infra.whereabouts import load_settings

WORKERS = 6
DIES_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


class Fuse(client.Interceptor, Interceptor):
    """Kills this process where the plan says so, for each order once; what burned is a file beside the plan."""

    def __init__(self, plan: Path) -> None:
        """Read the plan."""
        self._folder = plan.parent
        self._places: list[str] = json.loads(plan.read_text())

    def intercept_activity(self, following: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand around every activity, local ones too."""
        return _Step(following, self)

    def burn(self, order_no: str, place: str) -> None:
        """Die here, if this is the place and it is the first time."""
        number = int(order_no[-8:])
        burned = self._folder / f"{number}.burned"
        if self._places[number - 1] == place and not burned.exists():
            burned.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class _Step(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, fuse: Fuse) -> None:
        super().__init__(following)
        self._fuse = fuse

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's own name
        """Do the activity between two chances to die."""
        place, order_no = activity.info().activity_type, getattr(input.args[0], "order_no", "")
        if isinstance(input.args[0], RawValue):
            recording = Recording.model_validate_json(input.args[0].payload.data)
            place, order_no = f"{place}/{recording.sequence}", recording.order_no
        self._fuse.burn(order_no, f"{place}/start")
        outcome = await super().execute_activity(input)
        self._fuse.burn(order_no, f"{place}/finish")
        return outcome


async def work(plan: Path) -> None:
    """Be a worker without a relay, until death."""
    await _in_the_house(lambda house, temporal, queue: house.worker(_with(temporal, Fuse(plan)), queue).run())


async def bring() -> None:
    """Be a relay, for ever."""
    await _in_the_house(lambda house, temporal, queue: house.relay(temporal, queue).run(asyncio.Event()))


async def _in_the_house(be: Callable[[composition.House, client.Client, str], Coroutine[Any, Any, None]]) -> None:
    settings = load_settings()
    url = settings.database_url or ""
    engine = open_engine(url, pool=2)
    async with open_connections(url, most=2) as connections, plain_client(settings.url_of_simulators) as parties:
        house = composition.House(
            engine, connections, parties, CouponCodes(b"the secret of a mortal house"), AnswerCodes(b"s")
        )
        await be(house, await connect(settings), settings.task_queue)


def _with(temporal: client.Client, fuse: Fuse) -> client.Client:
    config = temporal.config()
    config["interceptors"] = [fuse]
    return client.Client(**config)


def born(life: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """A child process that lives this life; its process id."""
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, int(signal.SIGKILL))
        asyncio.run(life())
        os._exit(0)
    return child


def main(plan: Path) -> None:
    """Keep the relay and the workers alive until killed."""
    born(bring)
    for _ in range(WORKERS):
        born(lambda: work(plan))
    while True:
        _, status = os.wait()
        if os.WIFSIGNALED(status):
            born(lambda: work(plan))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
