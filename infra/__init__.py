"""What knows a vendor or a machine: settings, database, connectors, the local stack."""
