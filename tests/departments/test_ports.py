"""Every party stands behind one port: its adapter answers exactly what the port asks (SR-002)."""

import inspect

import pytest

from infra.connectors.carrier import Carrier
from infra.connectors.carriers.plain import PlainCarrier
from infra.connectors.channel import Channel
from infra.connectors.coupon_issuers.plain import PlainCouponIssuer
from infra.connectors.coupons import CouponIssuer
from infra.connectors.erp import Erp
from infra.connectors.erps.plain import PlainErp
from infra.connectors.messaging import Messenger
from infra.connectors.messengers.plain import PlainMessenger
from infra.connectors.payment import PaymentGateway
from infra.connectors.payments.plain import PlainGateway
from infra.connectors.shops.plain import PlainShop
from infra.connectors.warehouse import Warehouse
from infra.connectors.warehouses.plain import PlainWarehouse

ADAPTERS: dict[type[object], type[object]] = {
    Carrier: PlainCarrier,
    Channel: PlainShop,
    CouponIssuer: PlainCouponIssuer,
    Erp: PlainErp,
    Messenger: PlainMessenger,
    PaymentGateway: PlainGateway,
    Warehouse: PlainWarehouse,
}


@pytest.mark.clause("SR-002")
@pytest.mark.parametrize("port", ADAPTERS, ids=lambda port: port.__name__)
def test_an_adapter_answers_what_its_port_asks(port: type[object]) -> None:
    asked = {name: member for name, member in vars(port).items() if not name.startswith("_")}
    assert asked
    for name, member in asked.items():
        offered = getattr(ADAPTERS[port], name)
        assert inspect.iscoroutinefunction(offered)
        assert inspect.signature(offered) == inspect.signature(member)
