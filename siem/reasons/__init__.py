"""Look-ups without a reason: who was shown a person with whom nobody here has a matter open."""
