"""What becomes of what a caller sends before a system has it: masks, tokens, handles, files."""
