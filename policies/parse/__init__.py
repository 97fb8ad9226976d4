"""How the files of a policy are read: each kind of declaration into what `policies.policy` holds of it."""
