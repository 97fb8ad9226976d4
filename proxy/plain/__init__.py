"""The plain HTTP/1.1 core: the common case of what callers say, and nothing else."""
