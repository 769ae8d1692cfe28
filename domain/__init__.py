"""The manual: frozen values and pure functions. No I/O, no clock, no framework but pydantic."""
