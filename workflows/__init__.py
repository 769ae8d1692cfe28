"""When it is done: deterministic shells around the manual. Nothing is imported here."""
