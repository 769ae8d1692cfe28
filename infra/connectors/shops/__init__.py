"""Sales channels, one file a vendor; they know nothing of each other."""
