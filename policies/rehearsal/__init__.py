"""What a draft would change: two programs asked the same, and whatever differs told in words."""
