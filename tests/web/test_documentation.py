"""The documentation: true to what is taken, and asking no foreign host for anything (conventions "HTTP APIs")."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.reporting_facts import FACT_EXAMPLE
from api.shapes import ORDER_EXAMPLE
from domain.facts import SIGNAL_OF
from domain.requests import ASKS
from tests.web.counter import Counter

FOREIGN = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
VERBS = {"get", "put", "post", "delete"}


@pytest.fixture(scope="module")
async def document(counter: Counter) -> Any:
    """The OpenAPI document."""
    return (await counter.http.get("/openapi.json")).json()


@pytest.mark.parametrize("path", ["/docs", "/docs/page.css", "/docs/page.js"])
async def test_the_page_asks_no_foreign_host_for_anything(counter: Counter, path: str) -> None:
    answer = await counter.http.get(path)
    assert answer.status_code == 200
    assert not FOREIGN.findall(answer.text)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "inline" not in policy


def test_every_request_of_an_order_has_an_address(document: Any) -> None:
    for name in ASKS:
        operation = document["paths"][f"/v1/orders/{{order_no}}/{name}"]["post"]
        assert operation["description"]
        assert operation["responses"]["4XX"]["content"]["application/problem+json"]


def test_every_operation_is_described_and_says_what_it_answers(document: Any) -> None:
    for path, methods in document["paths"].items():
        assert set(methods) <= VERBS, path
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["description"], path
            assert "security" in operation or path in {"/healthz", "/readyz"}, path


def test_every_reference_leads_somewhere(document: Any) -> None:
    schemas = document["components"]["schemas"]
    references = set(re.findall(r"#/components/schemas/([\w-]+)", str(document)))
    assert references <= set(schemas)
    assert set(SIGNAL_OF) <= {schemas[name].get("properties", {}).get("kind", {}).get("const") for name in schemas}


@pytest.mark.clause("SR-010")
async def test_the_examples_are_taken(counter: Counter, document: Any) -> None:
    shown = document["paths"]["/v1/orders"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert shown == ORDER_EXAMPLE
    number = await counter.places(shown)
    fact = {**FACT_EXAMPLE, "order_no": number}
    assert (await counter.send("POST", "/v1/facts", fact, role="warehouse")).status_code == 202


async def test_metrics_are_not_shown_to_the_world(counter: Counter) -> None:
    assert (await counter.http.get("/metrics")).status_code == 404
