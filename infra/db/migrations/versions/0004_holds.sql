ALTER TABLE sku ADD COLUMN custom BOOLEAN DEFAULT false NOT NULL;

ALTER TABLE inbound_order ADD COLUMN buyer_hash TEXT DEFAULT '' NOT NULL;

ALTER TABLE inbound_order ADD COLUMN phone_hash TEXT DEFAULT '' NOT NULL;

ALTER TABLE inbound_order ADD COLUMN goods_hash TEXT DEFAULT '' NOT NULL;

ALTER TABLE inbound_order ADD COLUMN duplicate_of TEXT DEFAULT '' NOT NULL;

UPDATE inbound_order SET buyer_hash =
    left(encode(sha256(convert_to(channel || '/' || btrim(raw #>> '{customer,buyer_key}'), 'UTF8')), 'hex'), 32)
WHERE btrim(COALESCE(raw #>> '{customer,buyer_key}', '')) <> ''
    AND raw #>> '{customer,buyer_key}' !~ '[*＊]'
    AND (length(external_id) < 8 OR position(external_id IN raw #>> '{customer,buyer_key}') = 0);

UPDATE inbound_order SET phone_hash =
    left(encode(sha256(convert_to(right(raw #>> '{customer,phone}', 11), 'UTF8')), 'hex'), 32)
WHERE raw #>> '{customer,phone}' ~ '^([+]?86)?1[3-9][0-9]{9}$';

CREATE INDEX ix_inbound_order_buyer ON inbound_order (buyer_hash, placed_at) WHERE buyer_hash <> '';

CREATE INDEX ix_inbound_order_phone ON inbound_order (phone_hash, placed_at) WHERE phone_hash <> '';
