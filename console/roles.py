"""What accounts may be: the five kinds of people who use the console."""

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


ROLE_NAMES: Mapping[Role, Bilingual] = {
    Role.OFFICER: Bilingual(zh="安全管理员", en="security officer"),
    Role.ONCALL: Bilingual(zh="值班员", en="on-call staff"),
    Role.PRESS: Bilingual(zh="发布员", en="press officer"),
    Role.AUDITOR: Bilingual(zh="审计员", en="auditor"),
    Role.OPERATOR: Bilingual(zh="系统管理员", en="system operator"),
}

SEPARATED = frozenset({Role.OFFICER, Role.AUDITOR, Role.OPERATOR})
"""No one person may hold two of these, under however many accounts (三员分立)."""
