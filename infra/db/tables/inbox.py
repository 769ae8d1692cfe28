"""The inbox: orders, facts and corrections as they came in. Personal data stands here and nowhere else."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from infra.db.tables.columns import count, document, flag, given, maybe, metadata, moment, number, of_order, word

inbound_order = Table(
    "inbound_order",
    metadata,
    number(),
    word("tenant", "default"),
    given("channel"),
    given("external_id"),
    Column("order_no", Text, nullable=False, unique=True),
    document("raw"),  # the order as it was posted (shapes "Order"), personal data and all
    given("raw_hash"),
    given("business_hash"),
    given("policy_edition"),
    moment("placed_at"),
    moment("collected_at", nullable=True),
    moment("received_at"),
    word("source_kind", "api"),  # api | file | paper
    word("submitter"),
    word("document_no"),
    word("request_id"),
    moment("started_at", nullable=True),  # when the relay started the workflow; null: still to be started
    word("buyer_hash"),  # marks of who bought (by the shop's key, by the phone) and what; empty: nobody can tell
    word("phone_hash"),
    word("goods_hash"),
    word("duplicate_of"),  # the like order that this one was suspected to repeat when it was started
    UniqueConstraint("tenant", "channel", "external_id"),
    Index("ix_inbound_order_waiting", "id", postgresql_where=text("started_at IS NULL")),
    Index("ix_inbound_order_buyer", "buyer_hash", "placed_at", postgresql_where=text("buyer_hash <> ''")),
    Index("ix_inbound_order_phone", "phone_hash", "placed_at", postgresql_where=text("phone_hash <> ''")),
)

inbound_fact = Table(
    "inbound_fact",
    metadata,
    number(),
    word("tenant", "default"),
    given("fact_id"),  # {source}:{event_id}
    given("source"),
    given("event_id"),
    given("kind"),
    maybe("order_no"),  # null: an orphan, its order is not known yet
    maybe("channel"),
    maybe("external_id"),
    maybe("tracking_number"),
    document("body"),  # as it was posted (shapes "Fact")
    given("body_hash"),
    Column("conflict_of", BigInteger, ForeignKey("inbound_fact.id")),
    moment("occurred_at"),
    moment("received_at"),
    flag("decisive"),
    moment("delivered_at", nullable=True),
    word("state", "waiting"),  # waiting | delivered | orphan | conflict | unmatched
    moment("closed_at", nullable=True),  # when a person said that nobody needs it; only of facts without an order
    word("closed_by"),
    word("closed_for"),
    Index("uq_inbound_fact_fact_id", "tenant", "fact_id", unique=True, postgresql_where=text("conflict_of IS NULL")),
    Index(
        "uq_inbound_fact_conflict",
        *("tenant", "fact_id", "body_hash"),
        unique=True,
        postgresql_where=text("conflict_of IS NOT NULL"),
    ),
    Index("ix_inbound_fact_waiting", "order_no", "id", postgresql_where=text("delivered_at IS NULL")),
    Index("ix_inbound_fact_decisive", "id", postgresql_where=text("state = 'waiting' AND decisive")),
    Index("ix_inbound_fact_orphan", "tracking_number", "id", postgresql_where=text("state = 'orphan'")),
    Index("ix_inbound_fact_order", "order_no", "id"),
    Index("ix_inbound_fact_without_order", "id", postgresql_where=text("order_no IS NULL")),
    Index("ix_inbound_fact_return", "id", postgresql_where=text("state = 'return'")),
)

correction = Table(
    "correction",
    metadata,
    number(),
    of_order(),
    count("base_version", None),
    document("patch"),  # {field path: new value}
    word("request_id"),
    word("actor"),
    moment("at"),
    word("status", "proposed"),  # proposed | accepted | refused
    Index("ix_correction_order", "order_no", "id"),
    Index("uq_correction_request", "order_no", "request_id", unique=True, postgresql_where=text("request_id <> ''")),
)
