ALTER TABLE reservation DROP CONSTRAINT ck_reservation_step;

ALTER TABLE reservation DROP CONSTRAINT ck_reservation_units;

ALTER TABLE reservation ADD CONSTRAINT ck_reservation_step
    CHECK (step IN ('reserve', 'release', 'consume', 'lose', 'repair', 'taken_over', 'put_back'));

ALTER TABLE reservation ADD CONSTRAINT ck_reservation_units
    CHECK (CASE step WHEN 'reserve' THEN units > 0 WHEN 'repair' THEN units <> 0 WHEN 'consume' THEN units <= 0
        WHEN 'taken_over' THEN units = 0 WHEN 'put_back' THEN units > 0 ELSE units < 0 END);
