"""Adapters of coupon services, one module each."""
