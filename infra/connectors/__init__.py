"""Vendors: one Protocol a family, one file a vendor behind it (SR-002). A vendor's words stop at its file."""
