"""How personal data is recognised in text: one table, its checks, the scanner, the Presidio adapter."""
