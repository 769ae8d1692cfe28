"""The house's rules for parcels whose number or goods were told wrong, or not at all (edge cases 21 to 23).

The default is what orders of an edition without it have always lived by.
"""

from __future__ import annotations

from domain.value import Value


class ParcelPolicy(Value):
    """One edition's rules.

    ``versions``: a corrected number is a new version of its package, and the old one is void with its scans; else the
    parcel only changes its name. ``splits``: goods of which nobody told the parcel are known as a guess, which what is
    told later sets right; else the first parcel keeps them. ``one_loss``: a lost parcel that its carrier calls lost
    again is the same loss; else it counts as found, and lost once more.
    """

    versions: bool = False
    splits: bool = False
    one_loss: bool = False


STANDARD_PARCELS = ParcelPolicy(versions=True, splits=True, one_loss=True)
"""The house's own."""
