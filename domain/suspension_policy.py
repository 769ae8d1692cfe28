"""What an edition announces: which warehouses and carriers stand still from when to when (edge case 48)."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.value import Moment, Value


class Suspension(Value):
    """One of them. ``name`` is its own; ``notice`` the public text by language, which the customers concerned are sent.

    ``warehouses`` and ``carriers`` are those that stand still from ``since`` until ``until``.
    """

    name: Annotated[str, Field(min_length=1, max_length=60, pattern="^[A-Za-z0-9._-]+$")]
    since: Moment
    until: Moment
    warehouses: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    notice: dict[str, Annotated[str, Field(max_length=300)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.until <= self.since:
            raise PydanticCustomError("suspension_without_end", "a suspension ends after it begins: set until later")
        if not self.warehouses and not self.carriers:
            raise PydanticCustomError("suspension_of_nobody", "a suspension names warehouses or carriers")
        return self
