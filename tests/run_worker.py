"""`python -m tests.run_worker SETTINGS.json`: one worker, as the supervisor runs it."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy.worker import WorkerSettings, run

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
    "quota",
    "requests",
    "keys",
    "inventory",
    "disagreements",
    "certificates",
    "authorities",
    "clients",
)


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s %(message)s")
    given: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    settings: dict[str, Any] = {key: Path(value) if key in PATHS and value else value for key, value in given.items()}
    run(WorkerSettings(**settings), lambda: datetime.now(UTC))


if __name__ == "__main__":
    main()
