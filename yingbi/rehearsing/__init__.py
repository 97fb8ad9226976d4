"""Drafts rehearsed on what was asked last week, and run in the shadow."""
