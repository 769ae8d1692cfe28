"""What the API reads: lists and pages from the projection, never from a workflow (architecture §3, taste rule 17)."""
