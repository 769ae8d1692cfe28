"""The basic audit, a department of rules a module; the table of them all: `domain.audit.rules`."""
