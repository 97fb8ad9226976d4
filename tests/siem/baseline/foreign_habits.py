"""Months as still others write them: the log of a web server, a register that counts from 1970 on, programs alone."""

from datetime import UTC, date, datetime
from typing import Any

from tests.siem.baseline.other_maker import HERE, STAFF, STOLEN, OtherMaker


class EachByItself(OtherMaker):
    """One event for each person: who takes many asks many times."""

    def _view(self, who: str, day: date, hour: float, ip: str, people: int = 1, kind: str = "") -> None:
        for number in range(people):
            super()._view(who, day, hour + number / 7200, ip, 1, kind)


class AccessLog(EachByItself):
    """As a shipper of access logs has it: keys with dots, the address asked for, the user by name, other clocks."""

    def told(self, who: str, at: datetime, ip: str, people: int) -> dict[str, Any]:
        number = self.random.randrange(10**7)
        return {
            "@timestamp": at.astimezone(HERE).strftime("%Y-%m-%dT%H:%M:%S.%f000%z"),
            "event.dataset": "nginx.access",
            "event.outcome": "success",
            "service.type": "nginx",
            "fileset": {"name": "access"},
            "source": {"address": ip, "ip": ip},
            "user": {"name": who},
            "user_agent.original": "Mozilla/5.0",
            "url.original": f"/archive/person/{number}?tab=1",
            "http.request.method": "GET",
            "http.response": {"status_code": 200, "body.bytes": 900 + self.random.randrange(300)},
        }


class Register(EachByItself):
    """Nanoseconds since 1970, the subjects in a field of its own, a role in Chinese."""

    def told(self, who: str, at: datetime, ip: str, people: int) -> dict[str, Any]:
        since = at - datetime(1970, 1, 1, tzinfo=UTC)
        return {
            "@timestamp": (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000,
            "event": {"action": "card-opened"},
            "user": {"id": who, "roles": ["科员"] if STAFF.index(who) % 3 else ["科长"]},
            "client": {"ip": ip},
            "resident.card": f"K{self.random.randrange(10**7):07d}",
        }


class Programs(OtherMaker):
    """Accounts of programs alone, that work day and night on all days, and say how many they were given."""

    def _usual(self, day: date) -> None:
        for place, who in enumerate(STAFF[:16]):
            for hour in range(0, 24, 2):
                people = round((12 + place) * self.random.lognormvariate(0, 0.15))
                self._view(who, day, hour + self.random.random() * 0.9, f"10.9.{place}.4", people)

    def known_as(self, who: str) -> str:
        return f"svc-{who}"

    def _leaks(self, day: date, left: int) -> None:
        if left in (3, 2):
            for hour in range(24):
                self._view(STOLEN, day, hour + 0.5, "198.51.100.7", people=60, kind="stolen")

    def told(self, who: str, at: datetime, ip: str, people: int) -> dict[str, Any]:
        return {
            "@timestamp": at.isoformat(),
            "user.name": self.known_as(who),
            "user.roles": "service-account",
            "source.ip": ip,
            "event": {"action": "exchange", "category": "api"},
            "yingbi.subject_count": people,
        }
