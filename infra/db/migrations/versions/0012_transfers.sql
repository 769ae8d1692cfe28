ALTER TABLE warehouse ADD COLUMN sends BOOLEAN DEFAULT true NOT NULL;

CREATE TABLE stock_transfer (
    key TEXT NOT NULL,
    order_no TEXT NOT NULL,
    transfer INTEGER NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    lines JSONB DEFAULT '[]' NOT NULL,
    state TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_stock_transfer PRIMARY KEY (key),
    CONSTRAINT ck_stock_transfer_places CHECK (source <> target),
    CONSTRAINT ck_stock_transfer_state CHECK (state IN ('requested', 'in_transit', 'received', 'failed', 'called_off', 'refused'))
);

CREATE INDEX ix_stock_transfer_order ON stock_transfer (order_no, transfer);
