"""JSON: masked whole, in a stream, or where it stands."""
