"""A call-back desk behind the gateway: SQLAdmin as it comes, over the visits that staff pay to residents."""
