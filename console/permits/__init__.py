"""Permits in the console: what callers were let see whole, and its review."""
