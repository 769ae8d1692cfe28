"""Where the system of this folder is: its settings, and the local stack that is up.

All that a short command needs to know; `infra.local`, which starts the stack, takes a second to load.
"""

from typing import Any

from infra.settings import Settings
from infra.stack.folder import DataFolder, Running

PORTS = {
    "postgres_port": ("PostgreSQL", "postgres"),
    "temporal_port": ("Temporal", "temporal"),
    "ui_port": ("the Temporal UI", "temporal"),
    "simulators_port": ("the simulated parties", "simulators"),
    "worker_metrics_port": ("the worker's metrics", "worker"),
    "relay_metrics_port": ("the relay's metrics", "worker"),
    "api_port": ("the API", "api"),
    "api_metrics_port": ("the API's metrics", "api"),
}
"""Field of the settings → who listens there, and which service that is."""


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; `ports="auto"` takes a free port for everything."""
    if overrides.pop("ports", None) == "auto":
        overrides = dict.fromkeys(PORTS, 0) | overrides
    return Settings(**overrides)


def running(settings: Settings | None = None) -> Running | None:
    """The stack that is up on the data folder, with its addresses; None where there is none."""
    return DataFolder((settings or Settings()).data).running()
