"""Access events and the append-only log they are written to. Loads no web, database or search library."""
