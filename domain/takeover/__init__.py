"""Taking over a running shop (M19): what happened to an order before, and the order it makes of it."""
