"""What the processes of an installation tell each other of themselves: small JSON files that one of them writes.

Nothing is decided by them but what is shown, and how long a count waits; what must hold holds without them.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def tell(path: Path, facts: Mapping[str, Any]) -> None:
    """Put *facts* in the place of what was told before. Whoever reads sees all of it or what was there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
    unfinished.replace(path)


def hear(path: Path) -> dict[str, Any]:
    """What was told last; nothing where nobody has told anything yet."""
    try:
        facts = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
