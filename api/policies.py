"""Editions of the policy: the house's rules as data, each for ever as it is (taste rule 2, shapes "Policy")."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from api.dependencies import Parts, Reader, Ruler, TheParts
from api.errors import problem, wrong_shape
from api.shapes import Id, Posted, When, Words
from domain import emergency_audit
from domain.audit.conditions import unfit
from domain.audit.rules import TAKEN
from domain.policy import STANDARD, AuditPolicy, ClockKind, Policy
from domain.policy_changes import changes
from domain.profiles import PROFILES
from infra.db.policies import EditionTaken, Origin, put_edition
from infra.db.queries.master import editions

router = APIRouter(prefix="/v1/policies", tags=["Policies"])
OWN: dict[str, Any] = {
    "edition": STANDARD.edition,
    "body": STANDARD.model_dump(mode="json"),
    "channel": "",
    "valid_from": None,
}
"""The manual's own, where the house has not put it down."""
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

    body: Annotated[Policy, BeforeValidator(_nothing_unknown)] | None = None
    profile: Literal["", "cold_chain", "apparel"] = Field("", description="In the place of a body: these rules")
    channel: Words = ""
    reason: Words = Field("", description="Why the rules change", examples=["after the promotion of June"])
    valid_from: When | None = Field(None, description="Unset: from now on")

    @model_validator(mode="after")
    def _one_set_of_rules(self) -> PolicyBody:
        if (self.body is None) == (not self.profile):
            raise PydanticCustomError("one_set_of_rules", "Give either a body or the name of a profile")
        return self

    @property
    def rules(self) -> Policy:
        """The rules that are put."""
        return self.body or PROFILES[self.profile]


@router.put("/{edition}", status_code=201, summary="Add an edition")
async def put_policy(edition: EditionName, asked: PolicyBody, parts: TheParts, ruler: Ruler) -> dict[str, Any]:
    """Orders taken from ``valid_from`` on go by this edition; orders on their way keep theirs."""
    lacking = sorted(set(ClockKind) - {ClockKind.ANSWER} - {rule.kind for rule in asked.rules.clocks})
    if lacking:
        told = f"Every edition needs every clock; lacking: {', '.join(lacking)}"
        raise wrong_shape([{"loc": ("body", "clocks"), "type": "clocks_missing", "msg": told}], what="policy")
    _conditions_fit(asked.rules.audit)
    rules = asked.rules.model_copy(update={"edition": edition})
    origin = Origin(owner=ruler.name or ruler.role, added_at=parts.now(), reason=asked.reason)
    wrong = [
        {"loc": ("body", "audit", name, place), "type": "cannot_be_relaxed", "msg": reason}
        for name, place, reason in emergency_audit.unfit(asked.rules.audit)
    ]
    if wrong:
        raise wrong_shape(wrong, what="policy")
    channel, valid_from = asked.channel.strip(), asked.valid_from or parts.now()
    try:
        async with parts.engine.begin() as connection:
            added = await put_edition(connection, rules, valid_from, channel, origin)
            [kept] = await editions(connection, edition)
    except EditionTaken:
        raise problem(
            409,
            "edition_taken",
            f"Edition {edition} exists with other rules",
            todo="An edition never changes, for orders were judged by it. Put the changed rules under a new name.",
        ) from None
    return {"edition": edition, "channel": channel, "valid_from": kept["valid_from"], "added": added}


def _conditions_fit(audit: AuditPolicy) -> None:
    """A condition that cannot be judged would stop every order under the edition."""
    wrong = [
        {"loc": ("body", "audit", "conditions", place, name), "type": "unfit_condition", "msg": reason}
        for place, name, reason in unfit(audit.conditions, TAKEN)
    ]
    if wrong:
        raise wrong_shape(wrong, what="policy")


@router.get("", summary="List editions")
async def list_policies(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """Every edition, the newest first; the manual's own stands last."""
    async with parts.engine.begin() as connection:
        found = list(await editions(connection))
    return {"policies": found if any(one["edition"] == STANDARD.edition for one in found) else [*found, OWN]}


@router.get("/{edition}", summary="One edition")
async def show_policy(edition: EditionName, parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """The edition's rules."""
    return await _edition(parts, edition)


@router.get("/{edition}/changes", summary="What an edition changes")
async def show_changes(
    edition: EditionName,
    parts: TheParts,
    _reader: Reader,
    since: Annotated[Id, Query(description="The edition to compare with", examples=[STANDARD.edition])],
) -> dict[str, Any]:
    """Every rule in which an edition differs from another, before and after; who put it, why, from when it holds."""
    after, before = await _edition(parts, edition), await _edition(parts, since)
    told = {name: after.get(name) for name in ("edition", "channel", "valid_from", "owner", "added_at", "reason")}
    found = changes(Policy.model_validate(before["body"]), Policy.model_validate(after["body"]))
    return {**told, "since": since, "changes": [change.model_dump() for change in found]}


async def _edition(parts: Parts, edition: str) -> dict[str, Any]:
    async with parts.engine.begin() as connection:
        found = await editions(connection, edition)
    if found:
        return found[0]
    if edition == STANDARD.edition:
        return OWN
    raise problem(404, "unknown_edition", f"There is no edition {edition}", todo="GET /v1/policies lists them.")
