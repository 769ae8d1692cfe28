"""Questions to customers as their page shows them, and the codes that open it (M18)."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text

from infra.db.tables.columns import count, document, given, metadata, moment, of_order, word

question = Table(
    "question",
    metadata,
    of_order(),
    count("question", None),
    count("case_no", None),
    given("template"),
    given("state"),
    count("version", None),
    document("fields", "[]"),
    document("options", "[]"),
    given("default_option"),
    moment("asked_at"),
    moment("deadline"),
    *(moment(name, nullable=True) for name in ("confirmed_at", "due_at", "defaulted_at", "answered_at", "ended_at")),
    word("answer"),
    word("answered_by"),
    word("undeliverable"),
    PrimaryKeyConstraint("order_no", "question"),
)

answer_code = Table(
    "answer_code",
    metadata,
    Column("fingerprint", Text, primary_key=True),  # never the code itself
    of_order(),
    count("question", None),
    moment("expires_at"),
    Index("ix_answer_code_expires_at", "expires_at"),
)
