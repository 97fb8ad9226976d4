"""Demo systems and what it takes to set up and run Yingbi on a machine."""
