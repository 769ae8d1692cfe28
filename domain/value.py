"""The base of every value in the house: frozen, compared by content, tolerant of fields from newer releases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen pydantic value; unknown fields are ignored, so that an older release can read a newer history."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    only_noted: ClassVar[frozenset[str]] = frozenset()
    """Fields that nothing remembered is worked out from: where only these change, it is still known."""

    def having(self, **changes: Any) -> Self:
        """The same value with these fields changed (and what was computed from the old ones forgotten)."""
        new = object.__new__(type(self))
        values = self.__dict__.copy()
        if not self.only_noted.issuperset(changes):
            for _ in range(len(values) - len(self.__pydantic_fields__)):
                values.popitem()  # the newest first: what was computed came after the fields
        values.update(changes)
        given = self.__pydantic_fields_set__
        if not given.issuperset(changes):
            given = given | changes.keys()
        # As `model_copy` sets them, without first copying what is to be forgotten.
        object.__setattr__(new, "__dict__", values)
        object.__setattr__(new, "__pydantic_fields_set__", given)
        object.__setattr__(new, "__pydantic_extra__", None)
        object.__setattr__(new, "__pydantic_private__", None)
        return new


FIRST_YEAR, LAST_YEAR = 2000, 2199


Known = TypeVar("Known", bound=Value)
Answer = TypeVar("Answer")


def remembered(function: Callable[[Known], Answer]) -> Callable[[Known], Answer]:
    """A pure function of a value, worked out once a value; ``having`` forgets it, as it does cached properties."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def ask(value: Known) -> Answer:
        known = value.__dict__
        if name not in known:
            known[name] = function(value)
        answer: Answer = known[name]
        return answer

    return ask


def _in_utc(moment: datetime) -> datetime:
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ValueError(f"a time of the years {FIRST_YEAR + 1} to {LAST_YEAR - 1}")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An aware time, kept in UTC. Naive times are refused, and such as no clock could be added to."""
