"""A hall whose residents are known by their ID numbers and by nothing else: the stock admin over such a model."""
