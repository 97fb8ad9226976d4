"""`python -m tests.run_worker SETTINGS.json`: one worker, as the supervisor runs it."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy.worker import run
from proxy.worker_settings import WorkerSettings

PATHS = (
    "certificate",
    "key",
    "upstream_ca",
    "published",
    "board",
    "counters",
    "log",
    "program_key",
    "overlay_key",
    "permit_key",
    "issuer_key",
    "asked",
    "secret",
    "nonces",
    "ended_sessions",
    "quota",
    "requests",
    "spool",
    "keys",
    "inventory",
    "disagreements",
    "certificates",
    "authorities",
    "clients",
    "measured",
)


def main() -> None:
    run(settings_in(Path(sys.argv[1])), lambda: datetime.now(UTC))


def settings_in(path: Path) -> WorkerSettings:
    """What the file *path* says; from here on what is said goes to the standard error."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s %(message)s")
    given: dict[str, Any] = json.loads(path.read_text())
    settings: dict[str, Any] = {key: Path(value) if key in PATHS and value else value for key, value in given.items()}
    return WorkerSettings(**settings)


if __name__ == "__main__":
    main()
