"""TLS towards callers and towards systems behind."""
