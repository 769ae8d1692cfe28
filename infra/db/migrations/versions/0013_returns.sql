CREATE TABLE goods_return (
    order_no TEXT NOT NULL,
    return_no INTEGER NOT NULL,
    tenant TEXT DEFAULT 'default' NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    open BOOLEAN DEFAULT true NOT NULL,
    waiting_for TEXT DEFAULT '' NOT NULL,
    tracking_number TEXT DEFAULT '' NOT NULL,
    carrier TEXT DEFAULT '' NOT NULL,
    outcome TEXT DEFAULT '' NOT NULL,
    new_order_no TEXT DEFAULT '' NOT NULL,
    currency TEXT NOT NULL,
    refunded BIGINT DEFAULT 0 NOT NULL,
    request_id TEXT DEFAULT '' NOT NULL,
    asked_by TEXT DEFAULT '' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    run_started_at TIMESTAMP WITH TIME ZONE,
    sequence INTEGER DEFAULT 0 NOT NULL,
    value JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_goods_return PRIMARY KEY (order_no, return_no),
    CONSTRAINT fk_goods_return_order_no FOREIGN KEY (order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_goods_return_request ON goods_return (order_no, request_id) WHERE request_id <> '';

CREATE INDEX ix_goods_return_number ON goods_return (tracking_number) WHERE tracking_number <> '';

CREATE INDEX ix_goods_return_waiting ON goods_return (asked_at) WHERE started_at IS NULL;

CREATE TABLE goods_return_line (
    order_no TEXT NOT NULL,
    return_no INTEGER NOT NULL,
    line TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    exchange_sku TEXT DEFAULT '' NOT NULL,
    worth BIGINT DEFAULT 0 NOT NULL,
    good INTEGER DEFAULT 0 NOT NULL,
    damaged INTEGER DEFAULT 0 NOT NULL,
    other INTEGER DEFAULT 0 NOT NULL,
    taken_back INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_goods_return_line PRIMARY KEY (order_no, return_no, line),
    CONSTRAINT fk_goods_return_line_order_no FOREIGN KEY (order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE TABLE return_refund (
    order_no TEXT NOT NULL,
    return_no INTEGER NOT NULL,
    cause TEXT NOT NULL,
    amount BIGINT DEFAULT 0 NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_return_refund PRIMARY KEY (order_no, return_no, cause),
    CONSTRAINT fk_return_refund_order_no FOREIGN KEY (order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE TABLE invoice (
    order_no TEXT NOT NULL,
    invoice_no INTEGER NOT NULL,
    kind TEXT NOT NULL,
    red_of INTEGER DEFAULT 0 NOT NULL,
    cause TEXT DEFAULT '' NOT NULL,
    title TEXT DEFAULT '' NOT NULL,
    tax_id TEXT DEFAULT '' NOT NULL,
    amount BIGINT DEFAULT 0 NOT NULL,
    currency TEXT NOT NULL,
    request_id TEXT DEFAULT '' NOT NULL,
    asked_by TEXT DEFAULT '' NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    confirmation_no TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_invoice PRIMARY KEY (order_no, invoice_no),
    CONSTRAINT fk_invoice_order_no FOREIGN KEY (order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_invoice_request ON invoice (order_no, request_id) WHERE request_id <> '';

CREATE INDEX ix_inbound_fact_return ON inbound_fact (id) WHERE state = 'return';
