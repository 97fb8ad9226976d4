"""What Yingbi costs and how fast it is, measured against what a user would run instead. `make bench`."""
