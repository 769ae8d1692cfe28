"""Adapters of invoicing parties, one file a vendor."""
