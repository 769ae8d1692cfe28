"""What file intake keeps: how a source's headers are read, which documents came in, which form numbers were given."""

from __future__ import annotations

from sqlalchemy import Column, Date, PrimaryKeyConstraint, Table

from infra.db.tables.columns import count, given, metadata, moment, word

import_mapping = Table(
    "import_mapping",
    metadata,
    word("tenant", "default"),
    given("source"),
    given("header"),  # as the office writes it, folded
    given("field"),  # empty: the column is left out
    word("reading"),
    word("confirmed_by"),
    moment("confirmed_at"),
    PrimaryKeyConstraint("tenant", "source", "header"),
)

import_document = Table(
    "import_document",
    metadata,
    word("tenant", "default"),
    given("source"),
    given("document_no"),
    given("channel"),
    given("external_id"),
    given("business_hash"),
    moment("first_at"),
    PrimaryKeyConstraint("tenant", "source", "document_no"),
)

paper_form = Table(
    "paper_form",
    metadata,
    Column("day", Date, primary_key=True),
    count("last_number"),  # the last that a kit was given
)
