"""Who asks: every credential that counts, each in a module of its own, and what systems behind are told."""
