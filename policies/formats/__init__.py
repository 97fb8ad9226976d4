"""Sans-io maskers, one for each kind of body."""
