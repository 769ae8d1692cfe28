"""Recovery after kill -9 of the worker and of the Temporal server: seconds until orders flow again.

Orders wait for their payment; the process is killed, the payments come in at once (they are acknowledged all the
same), and the simulated ERP says when the orders went on. The stack starts what was killed again by itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time

from tests.bench.house import House
from tests.bench.processes import wait_until_idle
from tests.bench.rows import Row
from tests.bench.story import PAID, samples

ORDERS = 20
VICTIMS = {"worker": "worker", "temporal": "server"}
WITHIN = 90.0
ENTERED = """
SELECT count(*) FROM orders WHERE order_no = ANY(%(order_nos)s) AND stage = 'READY_TO_SHIP'"""


async def recovery(house: House) -> list[Row]:
    """Kill one after the other."""
    rows: list[Row] = []
    for service, name in VICTIMS.items():
        first, last = await _kill(house, service)
        rows.append(Row(f"recovery after kill -9 of the {name}, first order", first, "s"))
        rows.append(Row(f"recovery after kill -9 of the {name}, all {ORDERS} orders", last, "s"))
    return rows


async def _kill(house: House, service: str) -> tuple[float, float]:
    """Seconds from the kill until the first and the last of the paid orders reached the ERP."""
    waiting = samples(f"kill-{service}", ORDERS)
    await house.place_all(waiting)
    await house.began(waiting, within=30)
    await wait_until_idle(house.measured.values(), within=20)
    os.kill(house.stack.pids[service], signal.SIGKILL)
    killed = time.time()
    await asyncio.gather(*(house.tell(sample, PAID, 0) for sample in waiting))
    await house.sees(ENTERED, len(waiting), {"order_nos": [sample.order_no for sample in waiting]}, within=WITHIN)
    entered = (await house.erp_calls(waiting)).values()
    return min(entered) - killed, max(entered) - killed
