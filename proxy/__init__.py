"""The data plane: a mitmproxy reverse proxy that decides, masks, records and only then releases."""
