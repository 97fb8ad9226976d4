"""The officer's manual walks through one change: each command of it is run, and says what the manual says."""

import re
import shlex
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.gateway import ROOT
from tests.installation import Installation, installation

pytestmark = pytest.mark.system
ONE = "/register/residents.json?_shape=objects&_size=1"
REMOVED = "      mobile: show\n"
DIGEST = r"\b[0-9a-f]{64}\b"
VARIES = (
    (r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b", "<time>"),
    (r"\b[0-9A-Z]{10}-\d+\b", "<event>"),
    (r"\b[0-9a-f]{12}([0-9a-f]{4})?\b", "<digest>"),
    (DIGEST, "<digest>"),
    (r"\s+", " "),
)
"""What is otherwise each time, and what stands for it when two outputs are compared. Lines are cut for the page."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("home"), two_people=True, from_nothing=True) as made:
        yield made


def walk() -> list[tuple[list[str], list[str]]]:
    """Each command of the section, by its words, and the lines that the manual prints below it."""
    manual = (ROOT / "docs" / "officer.md").read_text("utf-8")
    section = manual.split("\n## 一次修改", 1)[1].split("\n## ", 1)[0]
    steps: list[tuple[list[str], list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ yingbi "):
                steps.append((shlex.split(line)[2:], []))
            elif line.strip("… "):
                steps[-1][1].append(line)
    return steps


def plain(line: str) -> str:
    """*line* with what is the same each time."""
    for pattern, stands in VARIES:
        line = re.sub(pattern, stands, line)
    return line.strip()


def test_the_walk_says_what_the_product_says(running: Installation) -> None:
    grants = running.home / "policies" / "grants.yaml"
    digest = ""
    commands = [words for words, _ in walk()]
    assert [each[1] for each in commands if each[0] == "policy"] == [
        "diff",
        "draft",
        "approve",
        "rehearse",
        "approve",
        "approve",
        "publish",
        "rollback",
        "history",
    ]
    with running.client(credential=running.credential("clerk")) as clerk:
        assert "*" not in clerk.get(ONE).json()["rows"][0]["mobile"]
        for words, printed in walk():
            if words == ["policy", "diff"]:
                text = grants.read_text("utf-8")
                grants.write_text(text.replace(REMOVED, "", 1), "utf-8")
            if words[0] == "explain":
                answer = clerk.get(ONE)
                assert "*" in answer.json()["rows"][0]["mobile"]
                words = ["explain", answer.headers["yingbi-event"]]
            if "--digest" in words:
                words[words.index("--digest") + 1] = digest
            text = _said(running, words)
            if words[:2] == ["policy", "draft"]:
                (digest,) = re.findall(DIGEST, text)
            said = [plain(line) for line in text.splitlines()]
            missing = [line for line in printed if plain(line) not in said]
            assert not missing, "\n".join(unified_diff(said, [plain(line) for line in printed], "said", "manual"))
        assert "*" not in clerk.get(ONE).json()["rows"][0]["mobile"]


def _said(running: Installation, words: list[str]) -> str:
    if "--as" in words:
        place = words.index("--as")
        ended = running.policy(words[place + 1], *words[1:place], *words[place + 2 :])
    else:
        ended = running.run(*words)
    return ended.stdout + ended.stderr.replace(str(Path(running.home)), "var")
