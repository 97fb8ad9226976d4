"""Migrations of the state database: one line of versions over the tables of every package that keeps state."""
