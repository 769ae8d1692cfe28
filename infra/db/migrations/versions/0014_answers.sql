CREATE TABLE question (
    order_no TEXT NOT NULL,
    question INTEGER NOT NULL,
    case_no INTEGER NOT NULL,
    template TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    fields JSONB DEFAULT '[]' NOT NULL,
    options JSONB DEFAULT '[]' NOT NULL,
    default_option TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    defaulted_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    answer TEXT DEFAULT '' NOT NULL,
    answered_by TEXT DEFAULT '' NOT NULL,
    undeliverable TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_question PRIMARY KEY (order_no, question),
    CONSTRAINT fk_question_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE TABLE answer_code (
    fingerprint TEXT NOT NULL,
    order_no TEXT NOT NULL,
    question INTEGER NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_answer_code PRIMARY KEY (fingerprint),
    CONSTRAINT fk_answer_code_order_no FOREIGN KEY(order_no) REFERENCES orders (order_no) ON DELETE CASCADE
);

CREATE INDEX ix_answer_code_expires_at ON answer_code (expires_at);
