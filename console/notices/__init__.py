"""Notices in the console: facts, text, preview, and the two people it takes."""
