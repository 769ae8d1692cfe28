"""The manual's clauses, one module each, all pure: ``decide.decide`` reads an order and says what should happen now."""
