"""`make crash`: worker, API, Temporal and PostgreSQL killed with -9, each in the middle of a run of 100 orders."""
