"""The ways in: what a caller sends, what the caller is answered, and what stands in the inbox afterwards."""
