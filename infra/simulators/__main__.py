"""`python -P -m infra.simulators`: all simulated parties in one process, until told to stop."""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path

import httpx2
import uvicorn
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.simulators.app import create_app
from infra.simulators.books import Books
from infra.simulators.herald import poster
from infra.simulators.world import World

LOOPBACK = "127.0.0.1"


class SimulatorSettings(BaseSettings):
    """What the simulators are told by their environment; the names are those of our own settings."""

    model_config = SettingsConfigDict(env_prefix="ORDERS_", env_ignore_empty=True, extra="ignore", frozen=True)

    data: Path = Field(Path(".orders"), description="Folder of the local stack")
    simulators_port: int = Field(8090, description="Where the parties listen")
    simulators_hour: float = Field(2.0, gt=0, description="Seconds in which an honest party does an hour's work")
    api_url: str | None = Field(None, description="Our API")
    api_port: int = Field(8000, description="Its port on this machine, where no URL is given")
    keys_file: Path | None = Field(None, description="The keys of the parties; unset: keys.toml of the data folder")

    def keys(self) -> Mapping[str, str]:
        """Role → key, read anew, for the file may come later than we do."""
        with (self.keys_file or self.data / "keys.toml").open("rb") as file:
            keys: dict[str, str] = tomllib.load(file)["keys"]
        return keys


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = SimulatorSettings()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    world = World(Books(settings.data / "simulators.db"), time.time, settings.simulators_hour)
    client = httpx2.AsyncClient(timeout=10)
    url = settings.api_url or f"http://{LOOPBACK}:{settings.api_port}"
    app = create_app(world, poster(client, url, settings.keys))
    server = uvicorn.Config(
        app, host=LOOPBACK, port=settings.simulators_port, log_level="warning", timeout_graceful_shutdown=1
    )
    uvicorn.Server(server).run()


if __name__ == "__main__":
    main()
