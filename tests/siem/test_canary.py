from pathlib import Path

import pytest

from policies.digest import Digester
from siem.canary import parse_canaries, read_canaries

DIGEST = Digester("e1", b"k" * 32)
ANNA, BENNO = DIGEST("11010519491231002X"), DIGEST("440106198101010118")


def test_digests_are_read_and_comments_are_not(tmp_path: Path) -> None:
    path = tmp_path / "canaries.txt"
    path.write_text(f"# invented residents\n\n{ANNA}\n  {BENNO}  # the second\n{ANNA}\n", "utf-8")
    assert read_canaries(path) == {ANNA, BENNO}


def test_no_canaries_is_no_error() -> None:
    assert parse_canaries("# none yet\n", "canaries.txt") == []


@pytest.mark.parametrize("line", ["440106198101010118", ANNA[:-1], ANNA.upper(), f"{ANNA} {BENNO}", ":" + ANNA[3:]])
def test_what_is_no_digest_is_told_by_its_line_and_not_shown(line: str) -> None:
    with pytest.raises(ValueError, match=r"^canaries\.txt:2: not the digest of a canary\ncanaries\.txt:3: ") as wrong:
        parse_canaries(f"{BENNO}\n{line}\n{line}\n", "canaries.txt")
    assert line not in str(wrong.value)
