"""The manual's clauses as scenes: the real OrderWorkflow on a real Temporal, time skipped, the departments recorded."""
