"""Outside parties we cannot reach, speaking our plain JSON protocol over HTTP (shapes "Simulated parties").

Product code, used by `orders up`, the demo and the tests: one process, a path prefix a party, behavior set per order.
"""
