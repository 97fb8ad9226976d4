"""Pages: read token by token, masked by elements, controls, tables and labels."""
