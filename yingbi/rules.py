"""Which detection rules an installation has: those that come with us, and its own in the place of any of them."""

from pathlib import Path

import siem
from siem.detect.rule_set import rule_files
from yingbi.home import Home

SHIPPED = Path(siem.__path__[0]) / "rules"


def rule_files_of(home: Home) -> list[Path]:
    """The rule files in force, by name."""
    own = rule_files(home.rules) if home.rules.is_dir() else []
    files = {path.name: path for path in (*rule_files(SHIPPED), *own)}
    return [files[name] for name in sorted(files)]
