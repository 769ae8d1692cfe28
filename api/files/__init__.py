"""Files of orders, SKUs and stock (SR-011): every bad row told by row, column and reason; the good rows go in."""
