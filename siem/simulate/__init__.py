"""Invented traffic of a district, with attacks in it whose truth is known."""
