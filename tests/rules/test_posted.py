"""What of an order as it was posted goes on: its content, without personal data."""

from domain.posted import content_of
from tests.departments.desk import POSTED

GOOD = {**POSTED, "external_id": "T1"}


def test_the_posted_order_becomes_content_without_personal_data() -> None:
    said = content_of(GOOD).model_dump_json()
    assert "王小明" not in said
    assert "13800138000" not in said
    assert "浙江省" in said
