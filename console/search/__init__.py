"""Looking for events: filters, pages, exports, who saw whom, and what is kept of it."""
