"""Who is told of alerts, what they are told, how it reaches them, and what tells when the pipeline stands still."""
