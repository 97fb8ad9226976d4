"""Third-party systems that the demo puts behind the gateway."""
