"""What Yingbi costs and how fast it is, measured against what a user would run instead. `make bench`."""

import os

# NumPy reads this when it is imported, which a group of the bench does before `policies.recognisers.weights`: with
# threads that no process of ours has, names would be measured at a third of what they take there.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
