"""The keys of an installation, as people handle them: journal, escrow, rotation, what is stored encrypted."""
