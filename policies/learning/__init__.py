"""A system that is being learnt: what it was seen to have, and the policy that is drafted of that."""
