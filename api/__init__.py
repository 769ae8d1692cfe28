"""How one asks: HTTP and the command line. Parse, authorize, ask, answer; decide nothing."""
