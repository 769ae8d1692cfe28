"""Adapters of purchasing, a file each."""
