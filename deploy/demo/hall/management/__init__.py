"""What Django finds by its place: the commands below."""
