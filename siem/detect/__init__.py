"""From events to alerts: rules, sliding windows, findings, alerts."""
