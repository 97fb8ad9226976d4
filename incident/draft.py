"""A draft of the public notice: its text, the facts it was filled from, and what a person answers for item by item.

Source: 政府信息公开条例 art. 14-16 (what may not, or need not, be made public).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from incident.ids import Bilingual
from incident.notice import Content, Stage

MISSING_MARK = "【待补】"
"""What a template writes where a fact is missing."""


class Hit(Protocol):
    """Personal data that was found in a text."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""

    @property
    def end(self) -> int:
        """Where it has ended."""

    @property
    def category(self) -> str:
        """Which kind of personal data it is."""


type Scan = Callable[[str], Sequence[Hit]]
"""Finds personal data in a text, as `policies.recognisers.scan.scan` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFact:
    """One fact that the draft was filled from."""

    name: str
    label: Bilingual
    value: Bilingual
    """As it may stand in the text; empty where it is not known."""
    source: str
    """Where it comes from: an entry of the journal (`#12`), or a setting."""
    doubt: Bilingual | None = None
    """Why it is not certain. A doubtful fact blocks publishing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What the public reads of the case beside the text."""

    stage: Stage
    grade: Bilingual | None
    """None where the case is not graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice that nobody but us can read yet."""

    template: str
    content: Content
    facts: tuple[NoticeFact, ...]
    """As they were when the text was filled in."""
    headline: Headline | None = None
    """As it was then; None in a draft of before it was noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a draft cannot be published as it is."""

    code: str
    text: Bilingual


CHECK_LIST = {
    "secrets": Bilingual(
        zh="不含国家秘密，不含公开后可能危及国家安全、公共安全、经济安全、社会稳定的内容（政府信息公开条例第十四条）",
        en="no state secret, nothing that endangers national, public or economic security or stability (art. 14)",
    ),
    "third-parties": Bilingual(
        zh="不含他人商业秘密、个人隐私，无法据以认出任何个人（政府信息公开条例第十五条）",
        en="no commercial secret or privacy of others, nobody can be recognised by it (art. 15)",
    ),
    "internal": Bilingual(
        zh="不含不宜公开的内部事务、过程性信息和侦查线索（政府信息公开条例第十六条）",
        en="no internal affairs, no process documents, no leads of an investigation (art. 16)",
    ),
    "facts": Bilingual(zh="事实和数字已逐项核对", en="every fact and number was checked"),
    "plain": Bilingual(zh="用语平实，群众看得懂", en="plain words that everybody understands"),
}
"""What the person who submits a draft has to tick, item by item."""
