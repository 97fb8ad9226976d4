"""What notices, forms and pages call the categories and systems of an installation."""

from pathlib import Path

import pytest

from policies.checks.together import RESERVED
from policies.policy import PUBLIC, SCAN, Policy
from yingbi.notices.press import press_of
from yingbi.settings import Settings

NOTHING = Policy(categories={}, grants=(), callers=(), packs={}, systems={})


@pytest.mark.parametrize("name", [name for name in RESERVED if name not in (PUBLIC, SCAN)])
def test_what_the_language_has_of_its_own_is_called_by_no_code(name: str, tmp_path: Path) -> None:
    words = press_of(Settings(home=tmp_path), NOTHING).labels.categories[name]
    assert words.zh != name
    assert words.en
