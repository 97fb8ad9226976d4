"""Alerts in the console: their journal, what it adds up to, and the pages."""
