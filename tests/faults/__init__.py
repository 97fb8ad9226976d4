"""What breaks around the gateway, and what must not break with it: the table of `docs/faults.md`, row by row."""
