"""The versions of the state database, oldest first by number."""
