"""What commands print, Chinese first, line by line."""
