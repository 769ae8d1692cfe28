"""How the simulated parties behave for one order, set by ``PUT /behavior/{external_id}`` before the order is posted.

Every field has the honest party's default; times are seconds of the wall clock.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.packages import PackageState

Seconds = Annotated[float, Field(ge=0, le=86_400)]
After = Seconds | Literal["never"] | None
"""So many seconds later, never, or (None) as the honest party does."""
Reply = Literal["accepts", "refuses", "silent"]
"""What a party answers when it is asked to do something; a silent one is out of service for it."""
Times = Annotated[int, Field(ge=0, le=1_000)]


class Conduct(BaseModel):
    """A frozen part of a behavior; an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Faults(Conduct):
    """What goes wrong with requests to one party, counted per order."""

    slow: Seconds = Field(0, description="Seconds before each answer")
    failing: Times = Field(0, description="So many requests are answered 503 first")
    failing_for: Seconds = Field(0, description="Every request is answered 503 for so long after the first")
    loses_answers: Times = Field(0, description="So many requests are done, but never answered: the caller times out")
    refuses: str = Field("", description="Every request is refused for good with this reason")
    forgets_keys: bool = Field(
        default=False, description="What is asked again under a known key is done again; it can still be found by key"
    )


class Told(Conduct):
    """What goes wrong with a party's news."""

    silent: bool = Field(default=False, description="No news at all")
    late: Seconds = Field(0, description="Seconds between what happened and its news")
    duplicates: Times = Field(0, description="Each fact comes so many times more under the same event id")
    echoes: Times = Field(0, description="Each fact comes so many times more under another event id")
    out_of_order: bool = Field(default=False, description="Neighboring facts change places")


class ShopConduct(Faults):
    """The sales channel."""

    refuses_numbers: Times = Field(0, description="So many pushes of a tracking number are refused first")
    refuses_numbers_for: Seconds = Field(0, description="Tracking numbers are refused for so long after the first push")
    refuses_states_for: Seconds = Field(0, description="States are refused for so long after the first push")
    refusal: str = Field("order is locked", description="The channel's words for what it refuses")


class ErpConduct(Faults):
    """The ERP."""

    price_off_by: int = Field(0, description="Minor units by which the first line's price differs when read back")
    price_off_for: Seconds = Field(0, description="It differs for so long after the first reading; 0: for good")


class WarehouseConduct(Faults, Told):
    """The warehouse: seconds count from the release, those of the tracking number from outbound."""

    picked: After = None
    packed: After = None
    outbound: After = None
    outbound_of: dict[int, After] = Field(default_factory=dict, description="The same of one shipment, by its number")
    tracking: Annotated[float, Field(ge=-86_400, le=86_400)] | Literal["never"] | None = Field(
        None, description="Seconds from outbound to the number, negative before it; unset: in the outbound fact itself"
    )
    packages: Annotated[int, Field(ge=1, le=20)] = 1
    package_gap: Seconds = Field(0.5, description="Seconds between the packages of one shipment")
    unnumbered: tuple[int, ...] = Field((), description="Packages whose tracking number is never told")
    short: dict[str, int] = Field(default_factory=dict, description="Units missing on the shelf, by order line")
    carrier: str = Field("", description="Who takes the parcels, such as SF; unset: one of several")
    recall: Literal["stops", "refuses", "silent", "sends_anyway"] = Field(
        "stops", description="A recall: it stops what it has, refuses, never answers, or says yes and sends it"
    )
    recall_after: Seconds = Field(0, description="Seconds for which a recall is not answered")
    reason: str = Field("", description="The answer to an inquiry")
    shelf: dict[str, int] = Field(default_factory=dict, description="What an inquiry finds on the shelf, by SKU")
    promises: Seconds | None = Field(None, description="Seconds from an inquiry to the promised outbound time")
    refuses_transfers_from: tuple[str, ...] = Field((), description="Warehouses that bring nothing to another one")
    transfers_fail: dict[str, str] = Field(default_factory=dict, description="Source → why its transfers fail")
    transfers_fail_on_the_road: bool = Field(default=False, description="They fail after they left their source")
    transfer_shipped: After = None
    transfer_received: After = None


class PurchasingConduct(Faults, Told):
    """Purchasing."""

    promises: Seconds | None = Field(None, description="Seconds from the question to the date it names; unset: none")
    answers_later: Seconds = Field(0, description="It names it so many seconds later, as a fact; 0: at once")
    reason: str = Field("", description="Its words")


class ScanPlan(Conduct):
    """One scan of the carrier, ``after`` seconds from outbound; told ``late`` seconds after it happened."""

    after: Seconds
    state: PackageState
    code: str = ""
    location: str = ""
    by_recipient: bool = False
    late: Seconds = 0


class CarrierConduct(Faults, Told):
    """The carrier: its script of scans, for every package or for one."""

    script: tuple[ScanPlan, ...] | None = None
    of_package: dict[str, tuple[ScanPlan, ...]] = Field(default_factory=dict)
    estimate: Seconds | None = Field(None, description="Seconds from outbound to the delivery time it names at once")
    reason: str = Field("", description="The answer to a query")
    intercept: Reply = Field("accepts", description="Asked to stop a parcel on its way")
    priority: Reply = Field("accepts", description="Asked to deliver a parcel before others")
    redelivery: Reply = Field("accepts", description="Asked to agree another attempt with the recipient")
    claim: Reply = Field("accepts", description="Asked to pay for a parcel")
    pays_claim: After = Field(None, description="Seconds from its yes to a claim until it pays; unset: never")
    no: str = Field("the parcel cannot be reached", description="The reason for what it refuses")
    once_accepted: tuple[ScanPlan, ...] | None = Field(
        None, description="The scans from its yes on, instead of those to come; unset: as an honest carrier"
    )
    unknown: bool = Field(default=False, description="The carrier has no parcel of this order")


class PaymentConduct(Faults, Told):
    """The payer and the gateway: pays ``pays_after`` seconds from the setting of the behavior."""

    channel: str = ""
    amount: int | None = Field(None, ge=0, description="What is paid, in minor units; unset: nothing by itself")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    pays_after: After = None
    admits: bool = Field(default=True, description="A query shows a payment whose news is still to come")


class CustomerConduct(Told):
    """The customer: confirms so many seconds after the last package arrived."""

    confirms: After = None


class Behavior(Conduct):
    """All parties' behavior for one order. ``hour``: seconds in which an honest party does an hour's work."""

    hour: Annotated[float, Field(gt=0, le=3_600)] | None = None
    shop: ShopConduct = ShopConduct()
    erp: ErpConduct = ErpConduct()
    warehouse: WarehouseConduct = WarehouseConduct()
    carrier: CarrierConduct = CarrierConduct()
    payments: PaymentConduct = PaymentConduct()
    messenger: Faults = Faults()
    coupons: Faults = Faults()
    purchasing: PurchasingConduct = PurchasingConduct()
    customer: CustomerConduct = CustomerConduct()

    def faults_of(self, party: str) -> Faults:
        """The faults of one party's requests; ``party`` is the field's name."""
        faults: Faults = getattr(self, party)
        return faults
