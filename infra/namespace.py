"""What a Temporal namespace needs before the first order: to exist, and the search attributes of an order."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from infra.trouble import Trouble

Answer = TypeVar("Answer")

RETENTION = timedelta(days=90)
"""How long a closed order stays readable in the Temporal UI."""

KEYWORDS = ("OrderStage", "SalesChannel", "Region", "Warehouse", "AttentionReason", "LastChange")
KEYWORD_LISTS = ("OpenCases", "HoldReasons", "ClockBreaches")
DATETIMES = ("SlaDueAt", "PlacedAt")

EXAMPLE = TypedSearchAttributes(
    [
        *(SearchAttributePair(SearchAttributeKey.for_keyword(name), "probe") for name in KEYWORDS),
        *(SearchAttributePair(SearchAttributeKey.for_keyword_list(name), ["probe"]) for name in KEYWORD_LISTS),
        *(
            SearchAttributePair(SearchAttributeKey.for_datetime(name), datetime(2000, 1, 1, tzinfo=UTC))
            for name in DATETIMES
        ),
        SearchAttributePair(SearchAttributeKey.for_bool("NeedsAttention"), value=False),
        SearchAttributePair(SearchAttributeKey.for_int("AmountMinor"), 0),
    ]
)
"""Every search attribute of an order, with a value of its type."""

SEARCH_ATTRIBUTES: dict[str, IndexedValueType.ValueType] = {
    pair.key.name: IndexedValueType.ValueType(pair.key.indexed_value_type) for pair in EXAMPLE
}
"""Their names and types, as a namespace needs them; `workflows.attributes` and `infra.relay.opening` write them."""

NOT_YET = {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.UNAVAILABLE}
"""How a server answers while its caches do not know a namespace or an attribute that was just created."""


async def prepare(client: Client, *, patience: timedelta = timedelta(seconds=30)) -> None:
    """Create what is missing of the namespace and the search attributes, and return when a start with them is accepted.

    Asked again, it changes nothing.

    Raises:
        Trouble: the server refuses, or an attribute exists with another type; says what to create by hand.
    """
    until = time.monotonic() + patience.total_seconds()
    created = await _create_namespace(client)
    missing = await _eventually(lambda: missing_search_attributes(client), until)
    if missing:
        await _eventually(lambda: _add(client, missing), until)
    if created or missing:
        await _eventually(lambda: _probe(client), until)


async def missing_search_attributes(client: Client) -> list[str]:
    """The names of the search attributes the namespace lacks.

    Raises:
        Trouble: one exists with another type.
        RPCError: the namespace does not exist (NOT_FOUND), or the server does not answer.
    """
    request = ListSearchAttributesRequest(namespace=client.namespace)
    existing = (await client.operator_service.list_search_attributes(request)).custom_attributes
    for name, kind in SEARCH_ATTRIBUTES.items():
        if existing.get(name, kind) != kind:
            found = IndexedValueType.Name(existing[name]).removeprefix("INDEXED_VALUE_TYPE_")
            todo = (
                "Use another namespace (ORDERS_NAMESPACE), or remove it: `temporal operator search-attribute remove`."
            )
            raise Trouble(f"Search attribute {name} of namespace {client.namespace} is of type {found}.", todo)
    return [name for name in SEARCH_ATTRIBUTES if name not in existing]


async def _create_namespace(client: Client) -> bool:
    """Create the namespace; False where it exists already."""
    if await _namespace_exists(client):
        return False
    request = RegisterNamespaceRequest(
        namespace=client.namespace,
        description="Orders, one workflow each",
        workflow_execution_retention_period=Duration(seconds=int(RETENTION.total_seconds())),
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:  # another process was quicker
            return True
        todo = f"Create it with {RETENTION.days} days' retention, or name another one in ORDERS_NAMESPACE."
        raise Trouble(f"Temporal refuses the namespace {client.namespace}: {error.message}", todo) from error
    return True


async def _namespace_exists(client: Client) -> bool:
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def _add(client: Client, missing: list[str]) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace, search_attributes={name: SEARCH_ATTRIBUTES[name] for name in missing}
    )
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:
            return
        if error.status in NOT_YET and "namespace" in error.message.lower():
            raise
        todo = f"Create them by hand in namespace {client.namespace}, then try again: {', '.join(missing)}."
        raise Trouble(f"Temporal refuses the search attributes: {error.message}", todo) from error


async def _probe(client: Client) -> None:
    """Start a workflow nobody works on, with every attribute, and take it away again."""
    await client.count_workflows(" AND ".join(f"{name} IS NULL" for name in SEARCH_ATTRIBUTES))
    handle = await client.start_workflow(
        "Probe",
        id=f"probe/{uuid.uuid4()}",
        task_queue="probe",
        search_attributes=EXAMPLE,
        execution_timeout=timedelta(minutes=1),
    )
    await handle.terminate("only a probe")
    gone = WorkflowExecution(workflow_id=handle.id, run_id=handle.first_execution_run_id or "")
    request = DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=gone)
    await client.workflow_service.delete_workflow_execution(request)


async def _eventually(ask: Callable[[], Awaitable[Answer]], until: float) -> Answer:
    """Ask until the server's caches know what was just created."""
    while True:
        try:
            return await ask()
        except RPCError as error:
            if error.status not in NOT_YET or time.monotonic() > until:
                raise
        await asyncio.sleep(0.1)
