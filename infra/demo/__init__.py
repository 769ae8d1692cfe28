"""`orders demo`: about sixty orders of made-up merchants live their whole life in minutes; uses only HTTP."""
