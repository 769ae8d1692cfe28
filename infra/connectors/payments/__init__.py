"""Payment gateways, one file a vendor; they know nothing of each other."""
