"""WebSockets: opened, carried message by message, closed where what they stood on is gone."""
