"""Editions of the policy: the house's rules as data, each for ever as it is (taste rule 2, shapes "Policy")."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from api.dependencies import Reader, Ruler, TheParts
from api.errors import problem, wrong_shape
from api.shapes import Id, Posted, When, Words
from domain.emergency_audit import unfit
from domain.policy import STANDARD, ClockKind, Policy
from infra.db.policies import EditionTaken, put_edition
from infra.db.queries.master import editions

router = APIRouter(prefix="/v1/policies", tags=["Policies"])
EditionName = Annotated[Id, Path(examples=["2026-11-promotion"])]


def _nothing_unknown(given: Any) -> Any:
    """A misspelt rule is refused: dropped, it would leave the manual's figure in force."""
    try:
        Policy.model_validate(given, extra="forbid")
    except ValidationError as wrong:
        names = [".".join(map(str, error["loc"])) for error in wrong.errors() if error["type"] == "extra_forbidden"]
        if names:
            raise PydanticCustomError(
                "unknown_rule", "no rule is called {names}", {"names": ", ".join(names)}
            ) from None
    return given


class PolicyBody(Posted):
    """An edition: the rules, for which channel (empty: every channel without one of its own), and from when."""

    body: Annotated[Policy, BeforeValidator(_nothing_unknown)]
    channel: Words = ""
    valid_from: When | None = Field(None, description="Unset: from now on")


@router.put("/{edition}", status_code=201, summary="Add an edition")
async def put_policy(edition: EditionName, asked: PolicyBody, parts: TheParts, _ruler: Ruler) -> dict[str, Any]:
    """Orders taken from ``valid_from`` on go by this edition; orders on their way keep theirs."""
    lacking = sorted(set(ClockKind) - {rule.kind for rule in asked.body.clocks})
    if lacking:
        told = f"Every edition needs every clock; lacking: {', '.join(lacking)}"
        raise wrong_shape([{"loc": ("body", "clocks"), "type": "clocks_missing", "msg": told}], what="policy")
    wrong = [
        {"loc": ("body", "audit", name, place), "type": "cannot_be_relaxed", "msg": reason}
        for name, place, reason in unfit(asked.body.audit)
    ]
    if wrong:
        raise wrong_shape(wrong, what="policy")
    rules = asked.body.model_copy(update={"edition": edition})
    channel, valid_from = asked.channel.strip(), asked.valid_from or parts.now()
    try:
        async with parts.engine.begin() as connection:
            added = await put_edition(connection, rules, valid_from, channel)
            [kept] = await editions(connection, edition)
    except EditionTaken:
        raise problem(
            409,
            "edition_taken",
            f"Edition {edition} exists with other rules",
            todo="An edition never changes, for orders were judged by it. Put the changed rules under a new name.",
        ) from None
    return {"edition": edition, "channel": channel, "valid_from": kept["valid_from"], "added": added}


@router.get("", summary="List editions")
async def list_policies(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """Every edition, the newest first; the manual's own stands last."""
    async with parts.engine.begin() as connection:
        found = list(await editions(connection))
    own = {"edition": STANDARD.edition, "body": STANDARD.model_dump(mode="json"), "channel": "", "valid_from": None}
    return {"policies": found if any(one["edition"] == STANDARD.edition for one in found) else [*found, own]}


@router.get("/{edition}", summary="One edition")
async def show_policy(edition: EditionName, parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """The edition's rules."""
    async with parts.engine.begin() as connection:
        found = await editions(connection, edition)
    if found:
        return found[0]
    if edition == STANDARD.edition:
        return {"edition": edition, "body": STANDARD.model_dump(mode="json"), "channel": "", "valid_from": None}
    raise problem(404, "unknown_edition", f"There is no edition {edition}", todo="GET /v1/policies lists them.")
