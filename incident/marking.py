"""How a case is marked, and what people are in it: closed sets with their words.

The Traffic Light Protocol says whom its reader may tell. Source: FIRST, Traffic Light Protocol (TLP) version 2.0.
"""

from collections.abc import Mapping
from enum import StrEnum

from incident.ids import Bilingual


class Tlp(StrEnum):
    """Whom a reader may tell, the most first."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber_strict"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 (everybody) to 4 (only who is there)."""
        return tuple(Tlp).index(self)

    @property
    def label(self) -> str:
        """As the protocol writes it: `TLP:AMBER+STRICT`."""
        return f"TLP:{self.value.upper().replace('_', '+')}"


TLP_NAMES: Mapping[Tlp, Bilingual] = {
    Tlp.CLEAR: Bilingual(zh="TLP:CLEAR 可以公开", en="may be told to everybody"),
    Tlp.GREEN: Bilingual(zh="TLP:GREEN 同行之间可以告知", en="may be told within the community"),
    Tlp.AMBER: Bilingual(zh="TLP:AMBER 本单位和需要知情的相关单位", en="the organisation and its clients"),
    Tlp.AMBER_STRICT: Bilingual(zh="TLP:AMBER+STRICT 仅限本单位需要知情的人", en="the organisation only"),
    Tlp.RED: Bilingual(zh="TLP:RED 仅限在场的人", en="only those who are there"),
}


class CaseRole(StrEnum):
    """What a person is in a case, whatever their account may do."""

    LEAD = "lead"
    SCRIBE = "scribe"
    COMMUNICATIONS = "communications"
    LEGAL = "legal"
    OBSERVER = "observer"


CASE_ROLE_NAMES: Mapping[CaseRole, Bilingual] = {
    CaseRole.LEAD: Bilingual(zh="负责人", en="lead"),
    CaseRole.SCRIBE: Bilingual(zh="记录人", en="scribe"),
    CaseRole.COMMUNICATIONS: Bilingual(zh="联络与发布", en="communications"),
    CaseRole.LEGAL: Bilingual(zh="法务", en="legal"),
    CaseRole.OBSERVER: Bilingual(zh="观察员", en="observer"),
}
