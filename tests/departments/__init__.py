"""Each department with real PostgreSQL, and with outside parties that remember what they were asked."""
