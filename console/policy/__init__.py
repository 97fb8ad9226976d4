"""The life of policies in the console: drafted, approved, published, taken back."""
