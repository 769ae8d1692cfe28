CREATE FUNCTION reservation_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'The reservation ledger is append-only: add a row that undoes the old one, or run: orders stock repair' USING ERRCODE = 'restrict_violation'; END $$;

CREATE TRIGGER reservation_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reservation
    FOR EACH STATEMENT EXECUTE FUNCTION reservation_is_append_only();

ALTER TABLE reservation ADD CONSTRAINT ck_reservation_step
    CHECK (step IN ('reserve', 'release', 'consume', 'lose', 'repair', 'taken_over'));

ALTER TABLE reservation ADD CONSTRAINT ck_reservation_units
    CHECK (CASE step WHEN 'reserve' THEN units > 0 WHEN 'repair' THEN units <> 0 WHEN 'consume' THEN units <= 0
        WHEN 'taken_over' THEN units = 0 ELSE units < 0 END);
