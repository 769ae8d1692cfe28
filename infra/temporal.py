"""The connection to Temporal, by the same profiles and variables as the `temporal` CLI."""

import asyncio
import os
import re
import time
from datetime import timedelta

from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError

from infra.settings import Settings
from infra.stack.ports import LOOPBACK
from infra.trouble import Trouble


class OneForAll(CompositePayloadConverter):
    """The SDK's converter of pydantic values, its parts made once.

    The SDK makes a converter twice an activation and once a workflow; each of its own would forget the types it knows.
    """

    parts = tuple(PydanticPayloadConverter().converters.values())

    def __init__(self) -> None:
        """Take the parts that are there."""
        super().__init__(*self.parts)


DATA_CONVERTER = DataConverter(payload_converter_class=OneForAll)


def prometheus_runtime(port: int) -> Runtime:
    """A runtime that shows the SDK's metrics at `http://127.0.0.1:port/metrics`; one a process."""
    prometheus = PrometheusConfig(
        bind_address=f"{LOOPBACK}:{port}", durations_as_seconds=True, unit_suffix=True, counters_total_suffix=True
    )
    return Runtime(telemetry=TelemetryConfig(metrics=prometheus))


async def connect(
    settings: Settings, *, runtime: Runtime | None = None, patience: timedelta = timedelta(seconds=15)
) -> Client:
    """Connect as the profile or the address says, trying again while the server is still coming up.

    Args:
        settings: names the address or the profile, and the namespace where the profile names none.
        runtime: for metrics; unset: the process's default.
        patience: how long to try.

    Raises:
        Trouble: the server did not answer in that time, or the profile cannot be read.
    """
    options = _connect_options(settings)
    address = options["target_host"]
    until, pause = time.monotonic() + patience.total_seconds(), 0.1
    while True:
        try:
            return await Client.connect(**options, data_converter=DATA_CONVERTER, runtime=runtime)
        except (RuntimeError, RPCError) as error:
            if time.monotonic() + pause > until:
                todo = "Start it with `orders up`, or set TEMPORAL_ADDRESS or TEMPORAL_PROFILE to one that runs."
                raise Trouble(f"Temporal does not answer at {address}: {_briefly(error)}.", todo) from error
        await asyncio.sleep(pause)
        pause = min(pause * 2, 1.0)


def _briefly(error: Exception) -> str:
    """The words of the system inside the connection error of the SDK, which nests it several times."""
    found = re.search(r'message: "([^"]+)"', str(error))
    return found[1] if found else str(error)


def _connect_options(settings: Settings) -> ClientConnectConfig:
    """The profile's options; the file counts only when it, or a profile in it, is named."""
    environment = dict(os.environ)
    if settings.temporal_address:
        environment["TEMPORAL_ADDRESS"] = settings.temporal_address
    file = settings.temporal_config_file
    try:
        options = ClientConfig.load_client_connect_config(
            settings.temporal_profile,
            config_file=str(file) if file else None,
            disable_file=not (settings.temporal_profile or file),
            override_env_vars=environment,
        )
    except (RuntimeError, ValueError) as error:
        todo = "Correct the file (`temporal config list` shows it), TEMPORAL_PROFILE or TEMPORAL_CONFIG_FILE."
        raise Trouble(f"The Temporal profile cannot be read: {error}", todo) from error
    options.setdefault("target_host", f"{LOOPBACK}:{settings.temporal_port}")
    options.setdefault("namespace", settings.namespace)
    return options
