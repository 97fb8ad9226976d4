"""Indexes of the log: disposable, rebuilt from it, searched by rules and by people."""
