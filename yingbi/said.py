"""How the processes write down what they do: one line a fact, time in UTC, names and numbers only.

What is said of exchanges goes to the access log; nothing here ever holds a value from traffic.
"""

import logging
import sys
import time


def speak() -> None:
    """Write what the program logs to its standard error."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("httpx", "httpcore", "elastic_transport", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
