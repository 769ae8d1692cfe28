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
