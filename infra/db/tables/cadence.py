"""What the cadences work on: channels that are pulled, offline documents, promotion windows, linked orders."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint, text

from infra.db.tables.columns import amount, document, flag, given, metadata, moment, number, word

channel = Table(
    "channel",
    metadata,
    word("tenant", "default"),
    given("channel"),
    flag("pulled"),
    moment("pull_from"),  # orders changed before are not asked for
    PrimaryKeyConstraint("tenant", "channel"),
)

channel_cursor = Table(
    "channel_cursor",
    metadata,
    word("tenant", "default"),
    given("channel"),
    moment("updated_at"),  # up to here, by the channel's own clock, everything is durable
    word("external_id"),
    moment("good_at", nullable=True),  # when the last pull that reached the end began
    PrimaryKeyConstraint("tenant", "channel"),
)

pulled_order = Table(
    "pulled_order",
    metadata,
    word("tenant", "default"),
    given("channel"),
    given("external_id"),
    moment("updated_at"),
    document("seen"),  # status, memo, refund, numbers and a fingerprint of the content; memos may be personal
    PrimaryKeyConstraint("tenant", "channel", "external_id"),
)

offline_document = Table(
    "offline_document",
    metadata,
    number(),
    word("tenant", "default"),
    given("channel"),
    given("external_id"),
    document("raw"),  # the order as it was submitted, personal data and all
    given("business_hash"),
    word("submitter"),
    word("document_no"),
    moment("document_at"),  # the paper's own date
    moment("submitted_at"),
    moment("collect_at"),  # its slot
    moment("collected_at", nullable=True),  # when it was taken in; null: it waits for its slot
    Column("order_no", Text),
    UniqueConstraint("tenant", "channel", "external_id"),
    Index("ix_offline_document_waiting", "collect_at", "id", postgresql_where=text("collected_at IS NULL")),
    Index("ix_offline_document_order", "order_no"),
)

promo_window = Table(
    "promo_window",
    metadata,
    number(),
    word("channel"),  # empty: every channel
    given("edition"),
    moment("starts_at"),
    moment("ends_at"),  # exclusive; moved forward where somebody ends the window by hand
    word("reason"),
    word("actor"),
    moment("created_at"),
    word("ended_by"),
    Index("ix_promo_window_end", "ends_at"),
)

order_link = Table(
    "order_link",
    metadata,
    Column("order_no", Text, primary_key=True),
    given("original_order_no"),
    given("kind"),  # resend | gift
    word("reason"),
    amount("cost"),
    word("actor"),
    moment("at"),
    Index("ix_order_link_original", "original_order_no"),
)
