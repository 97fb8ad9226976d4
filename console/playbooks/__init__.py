"""Playbooks in the console: those that lead cases, and those of others that two people agree on."""
