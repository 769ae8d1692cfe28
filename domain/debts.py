"""Audit debt: what the emergency audit let pass and somebody still has to put right (M8, SR-103)."""
