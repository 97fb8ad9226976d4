"""What is usual for each caller, learned from the log, and what deviates from it."""
