"""The keys of an installation: files, keyrings, wrapping, rotation, escrow, and what is signed by them."""
