"""`orders demo`: about eighty orders of made-up merchants live their whole life in minutes; uses only HTTP."""
