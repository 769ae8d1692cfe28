"""What was chosen where an address was in question (P-17). Names of divisions are no personal data; streets are."""

from __future__ import annotations

from domain.value import Value


class DivisionChoice(Value):
    """A province, city or district that the audit questioned: as it came, as suggested, as it stands now."""

    field: str
    original: str
    suggested: str = ""
    chosen: str = ""
