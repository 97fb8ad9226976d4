"""Commands that run inside the project."""
