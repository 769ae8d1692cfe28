"""What was chosen where an address was in question (P-17). Names of divisions are no personal data; streets are."""

from __future__ import annotations

from domain.value import Moment, Value


class DivisionChoice(Value):
    """A province, city or district that the audit questioned: as it came, as suggested, as it stands now."""

    field: str
    original: str
    suggested: str = ""
    chosen: str = ""


class AddressOverride(Value):
    """A person lets an address stand as it is. ``address`` is the mark of the finding, not the address itself."""

    address: str
    field: str
    by: str
    reason: str
    at: Moment
