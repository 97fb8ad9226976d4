"""Canary records: invented people in real registers, whom nobody has a reason to look up.

Rules know them as `%canary_subjects%`. They are held as digests only, one a line, so the file tells nobody who they
are; comments begin with `#`.
"""

import re
from pathlib import Path

from policies.digest import DIGEST_BYTES

LIST_NAME = "canary_subjects"

_DIGEST = re.compile(f"[^\\s:#]+:[0-9a-f]{{{2 * DIGEST_BYTES}}}")


def read_canaries(path: Path) -> frozenset[str]:
    """The digests of the canaries. Raises ValueError with file and line where a line is none, OSError as files do."""
    return frozenset(parse_canaries(path.read_text("utf-8"), path.name))


def parse_canaries(text: str, file: str) -> list[str]:
    """The digests in *text*, in its order. Raises ValueError with every line that is none, and never its content."""
    digests = []
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        digest = line.partition("#")[0].strip()
        if _DIGEST.fullmatch(digest):
            digests.append(digest)
        elif digest:  # not shown: it may be the person and not the digest
            wrong.append(f"{file}:{number}: not the digest of a canary")
    if wrong:
        raise ValueError("\n".join(wrong))
    return digests
