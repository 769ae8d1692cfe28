"""The bare reference of performance.md: the plainest order workflow there is, on a server with default settings."""
