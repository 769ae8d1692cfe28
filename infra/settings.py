"""Every setting of the system, read once from the environment where the parts are put together.

Ours begin with `ORDERS_`. The connection to Temporal is the one the `temporal` CLI uses (`TEMPORAL_ADDRESS`,
`TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`), so one profile serves both.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.stack.ports import LOOPBACK


class Settings(BaseSettings):
    """What may differ between two copies of the system. A port of 0 means: take any free one."""

    model_config = SettingsConfigDict(
        env_prefix="ORDERS_", env_ignore_empty=True, extra="ignore", frozen=True, validate_by_name=True
    )

    data: Path = Field(Path(".orders"), description="Folder of the local stack: databases, keys, logs")

    database_url: str | None = Field(
        None, description="An external PostgreSQL, postgresql://user:password@host/database; unset: embedded"
    )
    temporal_address: str | None = Field(
        None,
        validation_alias="TEMPORAL_ADDRESS",
        description="An external Temporal server, host:port; unset, and no profile either: embedded",
    )
    temporal_profile: str | None = Field(
        None,
        validation_alias="TEMPORAL_PROFILE",
        description="Profile of the TOML file shared with the temporal CLI",
    )
    temporal_config_file: Path | None = Field(
        None,
        validation_alias="TEMPORAL_CONFIG_FILE",
        description="That TOML file, where it is not in its usual place",
    )
    namespace: str = Field("orders", description="Temporal namespace, unless the profile names one")
    task_queue: str = Field("orders", description="Task queue of the order workflows")

    api_port: int = Field(8000, ge=0, le=65535, description="HTTP API and its docs page")
    ui_port: int = Field(8233, ge=0, le=65535, description="Temporal Web UI of the embedded server")
    temporal_port: int = Field(7233, ge=0, le=65535, description="Embedded Temporal server")
    postgres_port: int = Field(5433, ge=0, le=65535, description="Embedded PostgreSQL")
    simulators_port: int = Field(8090, ge=0, le=65535, description="Simulated outside parties")
    worker_metrics_port: int = Field(9464, ge=0, le=65535, description="Prometheus metrics of the worker")
    relay_metrics_port: int = Field(9465, ge=0, le=65535, description="Prometheus metrics of the relay")
    api_metrics_port: int = Field(9466, ge=0, le=65535, description="Prometheus metrics of the API")

    api_host: str = Field(LOOPBACK, description="Address the API listens on; metrics stay on 127.0.0.1")
    api_url: str | None = Field(None, description="Where callers find the API; unset: api_host and api_port")
    ui_url: str | None = Field(None, description="Where people find the Temporal Web UI of an external server")
    simulators_url: str | None = Field(None, description="Where the departments find the outside parties")
    database_pool: int = Field(10, ge=1, le=200, description="Open connections of one process to PostgreSQL")

    erp_backlog_rate: float = Field(
        10, gt=0, le=1000, description="Orders a second that a worker enters after the ERP was down"
    )

    coupon_secret: SecretStr | None = Field(
        None, min_length=16, description="What coupon codes are made with; unset: a file of the data folder"
    )

    answer_secret: SecretStr | None = Field(
        None, min_length=16, description="What opens the answer page; unset: a file of the data folder"
    )
    answer_url: str | None = Field(None, description="The fixed address of the answer page; unset: /a of the API")

    language: Literal["zh-Hans", "en"] = Field(
        "zh-Hans", description="In which the command line speaks; --lang says otherwise for one command"
    )
    log_format: Literal["console", "json"] = Field("console", description="console for people, json for machines")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least that is logged")

    @property
    def database_is_embedded(self) -> bool:
        """Whether the local stack has to bring a PostgreSQL."""
        return self.database_url is None

    @property
    def temporal_is_embedded(self) -> bool:
        """Whether the local stack has to bring a Temporal server."""
        return not (self.temporal_address or self.temporal_profile or self.temporal_config_file)

    @property
    def keys_file(self) -> Path:
        """The keys `orders up` makes on its first start, one of each role."""
        return self.data / "keys.toml"

    @property
    def url_of_api(self) -> str:
        """Where callers find the API."""
        return self.api_url or f"http://{LOOPBACK}:{self.api_port}"

    @property
    def url_of_answers(self) -> str:
        """Where customers find the page on which they answer."""
        return (self.answer_url or f"{self.url_of_api}/a").rstrip("/")

    @property
    def url_of_simulators(self) -> str:
        """Where the departments find the outside parties."""
        return self.simulators_url or f"http://{LOOPBACK}:{self.simulators_port}"

    @property
    def url_of_ui(self) -> str | None:
        """Where people find the Temporal Web UI; None where an external server's is not known."""
        if self.ui_url or not self.temporal_is_embedded:
            return self.ui_url
        return f"http://{LOOPBACK}:{self.ui_port}"
