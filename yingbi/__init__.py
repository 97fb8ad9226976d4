"""Settings, command line and supervisor: the only place where the parts are joined."""
