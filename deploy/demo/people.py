"""Who calls the demo systems, by which credential: what `callers.yaml` of the demo says, and the keys themselves."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import yaml

from deploy.private_file import write_private

KEY_PREFIX = "ybk_"
CLERKS = ("clerk-wang", "clerk-zhao", "clerk-qian", "clerk-sun", "clerk-zhou")
"""Clerks with a key for the software of their counter. `yingbi demo leak` steals one that is not blocked yet."""
BATCH = "batch-stats"
TELLER = "incident-persons"
"""Reads the register when the persons of an incident have to be told."""
_SYSTEMS = {BATCH: ("statistics",), TELLER: ("incident-notification",)}
"""Those that are no people, with their purposes."""
_UNTIL = "2027-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a token of the identity provider."""

    subject: str
    posts: tuple[str, ...]
    purposes: tuple[str, ...]


CLERK = Person(subject="clerk-li", posts=("window-clerk",), purposes=("case-handling",))
HEAD = Person(subject="head-chen", posts=("window-clerk", "duty-head"), purposes=("case-handling",))
"""Of the counter, on duty: may break the glass in an emergency."""


CITIZENS = {"citizen": 1, "citizen-other": 9_000}
"""Residents who sign in as themselves, by their number in the register. `yingbi demo leak` reads it from the first on:
one is affected, and the other is not.
"""


def make_keys(path: Path) -> dict[str, str]:
    """The API key of each caller that has one, from the file *path*; made where there is none yet."""
    if not path.exists():
        made = {name: KEY_PREFIX + secrets.token_urlsafe(24) for name in (*CLERKS, BATCH, TELLER)}
        write_private(path, json.dumps(made, indent=2).encode() + b"\n")
    keys: dict[str, str] = json.loads(path.read_bytes())
    return keys


def callers_file(hashes: dict[str, str]) -> str:
    """The text of `callers.yaml` for callers whose keys have these SHA-256, in hex."""
    callers = [
        {
            "id": name,
            "kind": "system" if name in _SYSTEMS else "staff",
            **({} if name in _SYSTEMS else {"posts": list(CLERK.posts)}),
            "purposes": list(_SYSTEMS.get(name, CLERK.purposes)),
            "keys": [{"id": f"K-{number:03d}", "sha256": sha256, "until": _UNTIL}],
        }
        for number, (name, sha256) in enumerate(hashes.items(), start=1)
    ]
    head = (
        "# yaml-language-server: $schema=schema/callers.schema.json\n"
        "# Callers that show an API key. A key is kept as its hash only: who reads this file cannot use it.\n"
    )
    # Dates are written as such, not as text.
    return head + yaml.safe_dump({"callers": callers}, allow_unicode=True, sort_keys=False).replace(
        f"'{_UNTIL}'", _UNTIL
    )
