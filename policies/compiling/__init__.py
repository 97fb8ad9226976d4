"""From a policy to programs: each system compiled by itself, and only what changed."""
