"""Notices of an installation: files, keys, proof, and what they must not hold."""
