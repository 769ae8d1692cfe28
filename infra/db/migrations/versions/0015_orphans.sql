ALTER TABLE inbound_fact ADD COLUMN closed_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE inbound_fact ADD COLUMN closed_by TEXT DEFAULT '' NOT NULL;

ALTER TABLE inbound_fact ADD COLUMN closed_for TEXT DEFAULT '' NOT NULL;

CREATE INDEX ix_inbound_fact_without_order ON inbound_fact (id) WHERE order_no IS NULL;
