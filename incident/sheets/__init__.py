"""What is printed, sent or filed about a case, as HTML, Word and PDF."""
