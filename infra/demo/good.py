"""The demo's orders that go well: every channel, way of paying and way of delivery, and parties with bad manners."""

from __future__ import annotations

from domain.packages import PackageState
from infra.demo.plan import Act, Plan, scan

SHOP, JD, DOUYIN, OWN, STORE, SALES = (
    *("demo-tmall", "demo-jd", "demo-douyin"),
    *("demo-shop", "demo-store", "demo-sales"),
)
SPLIT = (("DEMO-CUP-BLUE", 2), ("DEMO-LAMP", 1))
"""Goods that no single warehouse has: two shipments."""

PLAIN = tuple(
    Plan(name=f"plain order {number}", channel=channel, skus=skus)
    for number, (channel, skus) in enumerate(
        (
            (SHOP, (("DEMO-TEA-250", 2),)),
            (JD, (("DEMO-KETTLE", 1),)),
            (DOUYIN, (("DEMO-NUTS", 3),)),
            (OWN, (("DEMO-CUP-WHITE", 4), ("DEMO-TEA-250", 1))),
            (SHOP, (("DEMO-SHIRT-M", 1), ("DEMO-SHIRT-L", 1))),
            (DOUYIN, (("DEMO-SOAP", 6),)),
            (SHOP, (("DEMO-LAMP", 1),)),
            (OWN, (("DEMO-RICE-10", 1),)),
            (SHOP, (("DEMO-NUTS", 1), ("DEMO-TEA-250", 1), ("DEMO-CUP-WHITE", 1))),
            (SHOP, (("DEMO-CUP-BLUE", 1),)),
        ),
        start=1,
    )
)
WAYS = (
    *(
        Plan(
            name=f"paid after {after} s",
            channel=channel,
            pays_in_body=False,
            behavior={"payments": {"pays_after": after}},
        )
        for channel, after in ((SHOP, 1), (JD, 2), (OWN, 3), (DOUYIN, 4))
    ),
    Plan(name="cash on delivery", channel=DOUYIN, payment="cod"),
    Plan(name="cash on delivery, two units", channel=JD, payment="cod", skus=(("DEMO-KETTLE", 2),)),
    Plan(name="on credit, by a sales representative", channel=SALES, payment="credit", skus=(("DEMO-RICE-10", 20),)),
    Plan(name="own fleet, on credit", channel=SALES, payment="credit", delivery="own_fleet"),
    Plan(name="collected at the store", channel=STORE, delivery="pickup", skus=(("DEMO-SHIRT-M", 1),)),
    Plan(name="collected at the store, paid there", channel=STORE, delivery="pickup", payment="cod"),
    Plan(name="goods without a parcel", channel=OWN, delivery="virtual"),
    Plan(name="sent to a customer of the store", channel=STORE, skus=(("DEMO-CUP-WHITE", 2),)),
    Plan(name="two packages", channel=SHOP, skus=(("DEMO-RICE-5", 4),), behavior={"warehouse": {"packages": 2}}),
    Plan(name="two warehouses", channel=JD, skus=SPLIT),
    Plan(name="two warehouses again", channel=OWN, skus=SPLIT),
    Plan(name="number before outbound", behavior={"warehouse": {"tracking": -1}}),
    Plan(name="number 4 s after outbound", channel=JD, behavior={"warehouse": {"tracking": 4}}),
    Plan(name="a promised delivery date", channel=SHOP, promised_days=3),
    Plan(
        name="waits at the pickup station",
        channel=DOUYIN,
        behavior={
            "carrier": {
                "script": [
                    scan(2, PackageState.PICKED_UP),
                    scan(8, PackageState.IN_TRANSIT),
                    scan(14, PackageState.READY_FOR_PICKUP),
                    scan(22, PackageState.DELIVERED),
                ]
            }
        },
    ),
    Plan(
        name="nobody confirms: completes by itself",
        channel=JD,
        behavior={"customer": {"confirms": "never"}},
    ),
)
BAD_MANNERS = (
    Plan(name="posted three times", acts=(Act(what="post_again"), Act(what="post_again", wait=2))),
    Plan(
        name="every fact twice",
        channel=JD,
        behavior={party: {"duplicates": 1} for party in ("warehouse", "carrier", "payments", "customer")},
    ),
    Plan(
        name="every scan again under another id",
        channel=SHOP,
        behavior={"carrier": {"echoes": 2}},
    ),
    Plan(
        name="facts out of order",
        channel=DOUYIN,
        behavior={"warehouse": {"out_of_order": True}, "carrier": {"out_of_order": True}},
    ),
    Plan(
        name="ERP and warehouse fail twice", channel=OWN, behavior={"erp": {"failing": 2}, "warehouse": {"failing": 2}}
    ),
    Plan(name="ERP writes and does not answer", channel=SHOP, behavior={"erp": {"loses_answers": 1}}),
    Plan(name="slow messenger", channel=JD, behavior={"messenger": {"slow": 3}}),
    Plan(name="channel refuses the number once", channel=DOUYIN, behavior={"shop": {"refuses_numbers": 1}}),
    Plan(name="carrier's line fails twice", channel=SHOP, behavior={"carrier": {"failing": 2}}),
)
GOOD = (*PLAIN, *WAYS, *BAD_MANNERS)
"""All of them, to be spread over the run."""
