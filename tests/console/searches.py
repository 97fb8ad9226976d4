"""The saved search of the archive."""

SHARED = "S-00001"
