"""Who is told of public notices: addresses, webhooks, and the telling."""
