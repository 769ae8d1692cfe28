ALTER TABLE clock ADD COLUMN before_takeover BOOLEAN;

CREATE TABLE taken_over (
    order_no TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    history JSONB DEFAULT '{}' NOT NULL,
    snapshot JSONB,
    CONSTRAINT pk_taken_over PRIMARY KEY (order_no),
    CONSTRAINT fk_taken_over_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);
