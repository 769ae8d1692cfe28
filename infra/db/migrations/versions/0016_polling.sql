CREATE TABLE polled_parcel (
    order_no TEXT NOT NULL,
    package TEXT NOT NULL,
    polled_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_polled_parcel PRIMARY KEY (order_no, package),
    CONSTRAINT fk_polled_parcel_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE INDEX ix_polled_parcel_due ON polled_parcel (due_at);

CREATE TABLE polled_carrier (
    carrier TEXT NOT NULL,
    good_at TIMESTAMP WITH TIME ZONE,
    failed_at TIMESTAMP WITH TIME ZONE,
    error TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_polled_carrier PRIMARY KEY (carrier)
);

CREATE TABLE coupon_day (
    day DATE NOT NULL,
    currency TEXT NOT NULL,
    spent BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_coupon_day PRIMARY KEY (day, currency)
);

CREATE TABLE coupon_share (
    key TEXT NOT NULL,
    day DATE NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT DEFAULT 0 NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_coupon_share PRIMARY KEY (key)
);

CREATE TABLE coupon (
    order_no TEXT NOT NULL,
    coupon TEXT NOT NULL,
    key TEXT NOT NULL,
    incident TEXT NOT NULL,
    case_no INTEGER DEFAULT 0 NOT NULL,
    amount BIGINT DEFAULT 0 NOT NULL,
    currency TEXT NOT NULL,
    fault TEXT NOT NULL,
    cost_centre TEXT NOT NULL,
    party TEXT DEFAULT '' NOT NULL,
    edition TEXT NOT NULL,
    instrument TEXT DEFAULT 'own' NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_coupon PRIMARY KEY (order_no, coupon),
    CONSTRAINT fk_coupon_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE INDEX ix_coupon_issued_at ON coupon (issued_at);

CREATE TABLE carrier_claim (
    order_no TEXT NOT NULL,
    incident TEXT NOT NULL,
    key TEXT NOT NULL,
    ground TEXT NOT NULL,
    amount BIGINT DEFAULT 0 NOT NULL,
    currency TEXT NOT NULL,
    carrier TEXT DEFAULT '' NOT NULL,
    tracking_number TEXT DEFAULT '' NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted BOOLEAN,
    reason TEXT DEFAULT '' NOT NULL,
    reference TEXT DEFAULT '' NOT NULL,
    paid BIGINT DEFAULT 0 NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_carrier_claim PRIMARY KEY (order_no, incident),
    CONSTRAINT fk_carrier_claim_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE INDEX ix_carrier_claim_opened_at ON carrier_claim (opened_at);
