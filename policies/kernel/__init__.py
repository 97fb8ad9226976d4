"""What is compiled; see docs/decisions/0030."""
