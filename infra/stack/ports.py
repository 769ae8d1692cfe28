"""Ports of the local stack: take the one that was asked for, or any free one, and say what to do where it is taken."""

import asyncio
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from infra.trouble import Trouble

LOOPBACK = "127.0.0.1"
FREE = range(15_000, 32_000)
"""Where free ports are looked for: below those the system gives to outgoing connections."""


@dataclass(frozen=True)
class Port:
    """A port by the name of who listens there, and the setting (a field's name, such as `api_port`) that moves it."""

    owner: str
    field: str
    number: int
    host: str = LOOPBACK

    @property
    def setting(self) -> str:
        """The environment variable that moves it."""
        return f"ORDERS_{self.field.upper()}"


def is_free(number: int, host: str = LOOPBACK) -> bool:
    """Whether somebody could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            return False
    return True


def take(wanted: Iterable[Port]) -> dict[str, int]:
    """Decide the ports: field → number, with a free number where 0 was asked for.

    Args:
        wanted: all ports of this stack.

    Raises:
        Trouble: ports are taken; names each with its setting.
    """
    ports = list(wanted)
    taken = [port for port in ports if port.number and not is_free(port.number, port.host)]
    if taken:
        raise Trouble(_sentence(taken), _advice(taken))
    chosen = {port.field: port.number for port in ports if port.number}
    for port in ports:
        if not port.number:
            chosen[port.field] = _any_free(port.host, set(chosen.values()))
    return chosen


async def answers(number: int, host: str = LOOPBACK) -> bool:
    """Whether somebody listens there and takes a connection."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, number), timeout=1)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _any_free(host: str, taken: set[int]) -> int:
    for number in random.sample(FREE, k=200):
        if number not in taken and is_free(number, host):
            return number
    raise Trouble(
        f"No free port was found between {FREE.start} and {FREE.stop}.", "Name free ones in the ORDERS_…_PORT settings."
    )


def _sentence(taken: list[Port]) -> str:
    named = ", ".join(f"{port.number} ({port.owner})" for port in taken)
    return f"Port {named} is taken." if len(taken) == 1 else f"Ports {named} are taken."


def _advice(taken: list[Port]) -> str:
    moved = " ".join(f"{port.setting}=0" for port in taken)
    return (
        f"Take free ones with `orders up --port auto`, or move just these ({moved}, or a number you choose); "
        f"`ss -ltnp 'sport = :{taken[0].number}'` shows who holds it."
    )
