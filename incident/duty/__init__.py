"""Legal duties of a case: data, clocks, forms."""
