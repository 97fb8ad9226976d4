"""Attempts to carry personal data past the gateway: each a real exchange over a socket, with what must come of it."""
