"""Documents that are packed or painted, and how each is masked as a whole."""
