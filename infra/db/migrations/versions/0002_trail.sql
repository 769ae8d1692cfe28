CREATE TABLE audit_debt (
    order_no TEXT NOT NULL,
    debt TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    version INTEGER NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT DEFAULT '' NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_audit_debt PRIMARY KEY (order_no, debt),
    CONSTRAINT fk_audit_debt_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE INDEX ix_audit_debt_open ON audit_debt (due_at) WHERE ended_at IS NULL;

CREATE TABLE trail_head (
    order_no TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_trail_head PRIMARY KEY (order_no)
);

ALTER TABLE order_event
    ADD COLUMN reason TEXT DEFAULT '' NOT NULL,
    ADD COLUMN request_id TEXT DEFAULT '' NOT NULL,
    ADD COLUMN before JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN after JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN seq BIGINT,
    ADD COLUMN prev_hash TEXT,
    ADD COLUMN hash TEXT;

CREATE FUNCTION order_event_content(e order_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(e.order_no, e.seq, e.key, e.code,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.actor, e.source, e.reason, e.request_id, e.params, e.before, e.after)::text
$$;

CREATE FUNCTION order_event_chained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM orders WHERE order_no = NEW.order_no FOR NO KEY UPDATE;
    SELECT seq + 1, hash INTO NEW.seq, NEW.prev_hash FROM order_event
        WHERE order_no = NEW.order_no ORDER BY seq DESC LIMIT 1;
    NEW.reason := COALESCE(NEW.reason, '');  -- a turn of an older release does not say these
    NEW.request_id := COALESCE(NEW.request_id, '');
    NEW.before := COALESCE(NEW.before, '{}');
    NEW.after := COALESCE(NEW.after, '{}');
    NEW.seq := COALESCE(NEW.seq, 1);
    NEW.prev_hash := COALESCE(NEW.prev_hash, '');
    NEW.hash := encode(sha256(convert_to(NEW.prev_hash || order_event_content(NEW), 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE FUNCTION order_event_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO trail_head AS head (order_no, seq, hash)
        SELECT DISTINCT ON (order_no) order_no, seq, hash FROM added ORDER BY order_no, seq DESC
        ON CONFLICT (order_no) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE head.seq < excluded.seq;
    RETURN NULL;
END $$;

CREATE FUNCTION order_event_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The trail is append-only: rows of order_event are never changed or deleted'
        USING ERRCODE = 'integrity_constraint_violation',
            HINT = 'What was wrong is put right by a request, which adds a row. To check: orders trail ORDER_NO --verify';
END $$;

DO $$
DECLARE
    its order_event;
    last order_event;
BEGIN
    FOR its IN SELECT * FROM order_event ORDER BY order_no, id LOOP
        IF last.order_no IS DISTINCT FROM its.order_no THEN
            last := NULL;
        END IF;
        its.seq := COALESCE(last.seq, 0) + 1;
        its.prev_hash := COALESCE(last.hash, '');
        its.hash := encode(sha256(convert_to(its.prev_hash || order_event_content(its), 'UTF8')), 'hex');
        UPDATE order_event SET seq = its.seq, prev_hash = its.prev_hash, hash = its.hash WHERE id = its.id;
        last := its;
    END LOOP;
END $$;

INSERT INTO trail_head (order_no, seq, hash)
    SELECT DISTINCT ON (order_no) order_no, seq, hash FROM order_event ORDER BY order_no, seq DESC;

ALTER TABLE order_event
    ALTER COLUMN seq SET NOT NULL,
    ALTER COLUMN prev_hash SET NOT NULL,
    ALTER COLUMN hash SET NOT NULL,
    ADD CONSTRAINT uq_order_event_order_no_seq UNIQUE (order_no, seq);

CREATE TRIGGER chained BEFORE INSERT ON order_event FOR EACH ROW EXECUTE FUNCTION order_event_chained();

CREATE TRIGGER counted AFTER INSERT ON order_event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION order_event_counted();

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON order_event FOR EACH ROW EXECUTE FUNCTION order_event_kept();

CREATE TRIGGER kept_whole BEFORE TRUNCATE ON order_event FOR EACH STATEMENT EXECUTE FUNCTION order_event_kept();
