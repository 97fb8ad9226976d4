"""Detection rules in the console: proposed, tried, put live."""
