"""The API: what forms of the console do, for programs, by the same rules."""
