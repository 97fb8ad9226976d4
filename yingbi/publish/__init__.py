"""What the supervisor publishes for workers: policy, overlay, permits, and whom incidents affect."""
