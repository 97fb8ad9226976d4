"""What a value becomes on its way to a caller."""
