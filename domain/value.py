"""The base of every value in the house: frozen, compared by content, tolerant of fields from newer releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen pydantic value; unknown fields are ignored, so that an older release can read a newer history."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def having(self, **changes: Any) -> Self:
        """The same value with these fields changed (and what was computed from the old ones forgotten)."""
        new = self.model_copy(update=changes)
        for name in new.__dict__.keys() - type(self).model_fields.keys():
            del new.__dict__[name]
        return new


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError("a time of the years 1 to 9999 in UTC") from beyond


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An aware time, kept in UTC. Naive times are refused."""
