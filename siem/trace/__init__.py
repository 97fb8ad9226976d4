"""Who leaked it: from a leaked sample to the callers whose accesses can explain it."""
