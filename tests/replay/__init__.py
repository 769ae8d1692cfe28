"""Recorded histories of released orders: today's workflow must replay every one of them (M16, temporal.md R35)."""
