"""The demo's service hall: a small Django project whose staff work in the stock admin."""
