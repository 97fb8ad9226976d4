"""Cases in the console: pages, forms and what programs read of them."""
