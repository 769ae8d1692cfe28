"""Taking facts in: every fact makes a new order (§4.3), a party a module. ``after.after`` is the one way in."""
