"""The access log of an installation: import, export, verification, retention, the index rebuilt."""
