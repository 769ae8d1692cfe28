"""The bench (performance.md): what an order costs and how fast things are, measured against the budgets."""
