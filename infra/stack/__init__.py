"""The programs of the local stack: how each is started, watched and stopped."""
