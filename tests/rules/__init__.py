"""The rules alone: the pure domain, without a server, a database or a clock."""
