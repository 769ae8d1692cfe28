CREATE TABLE import_mapping (
    tenant TEXT DEFAULT 'default' NOT NULL,
    source TEXT NOT NULL,
    header TEXT NOT NULL,
    field TEXT NOT NULL,
    reading TEXT DEFAULT '' NOT NULL,
    confirmed_by TEXT DEFAULT '' NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_import_mapping PRIMARY KEY (tenant, source, header)
);

CREATE TABLE import_document (
    tenant TEXT DEFAULT 'default' NOT NULL,
    source TEXT NOT NULL,
    document_no TEXT NOT NULL,
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    business_hash TEXT NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_import_document PRIMARY KEY (tenant, source, document_no)
);

CREATE TABLE paper_form (
    day DATE NOT NULL,
    last_number INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_paper_form PRIMARY KEY (day)
);
