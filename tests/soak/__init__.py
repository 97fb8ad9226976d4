"""A real installation under callers, faults and changes for minutes on end: `make soak`."""
