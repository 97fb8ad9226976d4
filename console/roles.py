"""What accounts may be: the six kinds of people who use the console, and the engines of others."""

from collections.abc import Mapping
from enum import StrEnum

from incident.ids import Bilingual


class Role(StrEnum):
    """What a person comes to do. `console.access` says which page each may open and which form each may send."""

    OFFICER = "officer"
    ONCALL = "oncall"
    PRESS = "press"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    HOTLINE = "hotline"
    """Answers the telephone of the public (12345), often for another office: sees what is public, and no more."""
    ENGINE = "engine"
    """A program of others that runs our playbooks for somebody: `console.access.ENGINE_CALLS`, and nothing else."""


ROLE_NAMES: Mapping[Role, Bilingual] = {
    Role.OFFICER: Bilingual(zh="安全管理员", en="security officer"),
    Role.ONCALL: Bilingual(zh="值班员", en="on-call staff"),
    Role.PRESS: Bilingual(zh="发布员", en="press officer"),
    Role.AUDITOR: Bilingual(zh="审计员", en="auditor"),
    Role.OPERATOR: Bilingual(zh="系统管理员", en="system operator"),
    Role.HOTLINE: Bilingual(zh="热线话务员", en="hotline operator"),
    Role.ENGINE: Bilingual(zh="外部预案引擎", en="outside playbook engine"),
}

SEPARATED = frozenset({Role.OFFICER, Role.AUDITOR, Role.OPERATOR})
"""No one person may hold two of these, under however many accounts (三员分立)."""
