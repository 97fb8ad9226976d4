"""How bad an alert or a case is."""

LEVELS = ("informational", "low", "medium", "high", "critical")
"""Mildest first. Source: Sigma specification 2.1, `level`."""
