"""Tests lie where the code lies: `policies/checks/together.py` is tested by `tests/policies/test_check.py`."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("policies", "siem", "proxy", "incident", "console", "bulletin", "yingbi", "deploy")

WITHOUT_A_MODULE = {
    "tests/bulletin/test_browser.py": "the whole site in a real browser",
    "tests/bulletin/test_style.py": "the style sheet",
    "tests/console/test_browser.py": "every page in a real browser",
    "tests/console/test_other_engines.py": "the shipped playbooks, run by an engine that is not ours",
    "tests/console/test_style.py": "the style sheet",
    "tests/incident/test_shipped.py": "the shipped playbooks",
    "tests/policies/documents/painted/test_scans.py": "pages as scanners and telephones see them",
    "tests/policies/documents/test_memory.py": "documents that hold others, read once",
    "tests/policies/documents/test_structure.py": "documents of any structure",
    "tests/policies/formats/test_memory.py": "what every reader of bodies holds",
    "tests/policies/formats/test_splits.py": "every reader, its input cut anywhere",
    "tests/siem/baseline/test_habits.py": "what all detectors together take for a habit",
    "tests/siem/baseline/test_kinds_of_work.py": "what all detectors together take for work of two kinds",
    "tests/siem/baseline/test_second_district.py": "all detectors, on months of another maker",
    "tests/siem/baseline/test_third_district.py": "the same, on months of a third maker",
    "tests/siem/detect/test_oracle.py": "rules by somebody else's engine",
    "tests/siem/rules/test_rules.py": "the shipped rules",
}
"""What is tested there instead. May only shrink."""


def mirrored(test: Path) -> Path:
    """The module, or the script, that a file of tests belongs to."""
    place = test.relative_to(ROOT / "tests").parent
    return ROOT / place / test.name.removeprefix("test_")


TESTS = sorted(path for package in PACKAGES for path in (ROOT / "tests" / package).rglob("test_*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("test", TESTS, ids=named)
def test_a_file_of_tests_belongs_to_a_module(test: Path) -> None:
    module = mirrored(test)
    is_there = module.exists() or module.with_suffix(".sh").exists() or module.with_suffix("").is_dir()
    assert is_there != (named(test) in WITHOUT_A_MODULE), f"{named(module)} is where it would belong"


def test_no_exception_is_left_over() -> None:
    assert set(WITHOUT_A_MODULE) <= set(map(named, TESTS))
