"""What notices are written with: who publishes them, and what the public calls our categories and systems."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from incident.ids import Bilingual
from incident.notice import Contact
from incident.scope import Levels
from incident.wording import Labels, Press
from policies.load import load_policy
from policies.policy import Policy
from policies.policy_kinds import Level
from policies.title import Title
from proxy.pages import HOTLINE
from yingbi.home import Home
from yingbi.settings import Settings

ZONE = timezone(timedelta(hours=8))
ZONE_NAME = Bilingual(zh="北京时间", en="Beijing time")
BUILT_IN = {
    "undeclared": Bilingual(zh="没有声明的内容", en="what is not declared"),
    "text": Bilingual(zh="其余文字", en="other text"),
}
"""What the policy language has of its own beside declared categories, see `policies.checks.together.RESERVED`."""


def press_of(settings: Settings, policy: Policy) -> Press:
    """The press of the installation, with the titles of *policy*."""
    return Press(
        contact=Contact(unit=settings.contact.unit, phone=settings.contact.phone, hotline=HOTLINE),
        labels=Labels(
            categories=BUILT_IN
            | {category.name: _bilingual(category.title) for category in policy.categories.values()},
            systems={system.name: _bilingual(system.title) for system in policy.systems.values()},
        ),
        zone=ZONE,
        zone_name=ZONE_NAME,
        templates=own_templates(settings),
    )


def press_in(settings: Settings, now: datetime) -> Press:
    """The same for a command, with the titles of the policy files as they lie, or without."""
    try:
        policy = load_policy(Home(settings.home).policies, now).policy
    except OSError:
        policy = Policy(categories={}, grants=(), callers=(), packs={}, systems={})
    return press_of(settings, policy)


def levels_of(policy: Policy) -> Levels:
    """The categories of each level, the gravest first."""
    return [
        (level.value, frozenset(category.name for category in policy.categories.values() if category.level is level))
        for level in Level
    ]


def own_templates(settings: Settings) -> Path:
    """The folder of the installation's own templates, which need not be there."""
    return settings.home / settings.notices.templates


def _bilingual(title: Title) -> Bilingual:
    return Bilingual(zh=title.zh, en=title.en)
