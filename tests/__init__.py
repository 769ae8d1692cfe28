"""The manual as scenes, and the house rules as tests."""

import gc

gc.set_threshold(100_000, 50, 1_000)  # before all else: to look for garbage among what is loaded takes a fifth of it
