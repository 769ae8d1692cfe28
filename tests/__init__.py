"""The manual as scenes, and the house rules as tests."""
