"""What Temporal is given of a value: the SDK's own words, by parts that are made once."""

from __future__ import annotations

from temporalio.contrib.pydantic import pydantic_data_converter

from domain.order_input import OrderInput
from infra.temporal import DATA_CONVERTER, OneForAll
from tests.rules.story import an_input


def test_every_converter_has_the_same_parts() -> None:
    first, second = OneForAll().converters, OneForAll().converters
    assert first == second
    assert list(first) == list(pydantic_data_converter.payload_converter_class().converters)  # type: ignore[attr-defined]


def test_values_are_written_and_read_as_by_the_sdk() -> None:
    ours, theirs = DATA_CONVERTER.payload_converter, pydantic_data_converter.payload_converter
    given = an_input()
    [payload] = ours.to_payloads([given])
    assert [payload] == list(theirs.to_payloads([given]))
    assert ours.from_payloads([payload], [OrderInput]) == [given]
