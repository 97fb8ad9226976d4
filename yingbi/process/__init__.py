"""The processes of an installation, one module each; the supervisor starts them with `python -m`."""
