ALTER TABLE package ADD COLUMN consolidated BOOLEAN;

CREATE INDEX ix_package_consolidated ON package (tracking_number) WHERE consolidated;
