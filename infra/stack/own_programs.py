"""Our own programs as children of the local stack: worker, API, simulated parties."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from infra.stack.ports import answers
from infra.stack.programs import Program

MODULE = (sys.executable, "-P", "-m")


def simulators(environment: Mapping[str, str], logs: Path, url: str) -> Program:
    """The simulated outside parties; ready when they answer at their URL."""
    return Program(
        name="simulators",
        command=[*MODULE, "infra.simulators"],
        environment=environment,
        log=logs / "simulators.log",
        is_ready=lambda: _answers_at(url),
        stops_within=5,
    )


def worker(environment: Mapping[str, str], logs: Path, client: Client, task_queue: str) -> Program:
    """The worker with its relay; ready when Temporal has seen it ask for workflow tasks."""
    began = time.time()
    return Program(
        name="worker",
        command=[*MODULE, "worker"],
        environment=environment,
        log=logs / "worker.log",
        is_ready=lambda: is_polled(client, task_queue, began),
    )


def api(environment: Mapping[str, str], logs: Path, host: str, port: int) -> Program:
    """The HTTP API; ready when it takes connections, which it does only after its own start-up."""
    server = ["uvicorn", "api.app:create_app", "--factory", "--host", host, "--port", str(port)]
    server += ["--no-access-log", "--timeout-graceful-shutdown", "5"]
    return Program(
        name="API",
        command=[*MODULE, *server],
        environment=environment,
        log=logs / "api.log",
        is_ready=lambda: answers(port, host),
        stops_within=10,
    )


async def _answers_at(url: str) -> bool:
    parts = urlsplit(url)
    return await answers(parts.port or 80, parts.hostname or "")


async def is_polled(client: Client, task_queue: str, since: float) -> bool:
    """Whether a worker has asked for tasks since a moment (Unix seconds); older ones are dead ones."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    try:
        seen = await client.workflow_service.describe_task_queue(request)
    except RPCError:
        return False
    return any(poller.last_access_time.ToNanoseconds() / 1e9 >= since for poller in seen.pollers)
