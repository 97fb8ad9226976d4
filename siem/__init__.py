"""What was disclosed, to whom, and whether it was too much: the log, its indexes, rules and alerts."""
