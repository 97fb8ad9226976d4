"""The web console for officers, on-call staff, press officers and auditors, and its API."""
