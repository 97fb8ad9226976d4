"""What one more event adds to the day of whom it is about, and by what the day deviates since."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime

from siem.baseline.context import context_of
from siem.baseline.learned import Learned
from siem.baseline.pace import PAGE, read_by_page
from siem.baseline.profile import Measure, Profile, Today
from siem.baseline.score import ALERT, odd_from, odd_of, odd_people
from siem.baseline.sighting import DURABLE, Sighting
from siem.baseline.touched import touch
from siem.baseline.volume import MOST_PEOPLE, a_day_of, deviation_of
from siem.baseline.words import Deviation

_BACK_WITHIN = 3 * 3600.0
"""Seconds within which a change to another network and back counts: several of them in a day are two people."""


class Counting:
    """Adds events to days. *listed* are digests of people whom everybody knows, *relatives* those of each caller."""

    def __init__(self, learned: Learned, listed: frozenset[str], relatives: Mapping[str, frozenset[str]]) -> None:
        self.listed = listed
        self.relatives = relatives
        self._learned = learned
        self._cases: OrderedDict[str, tuple[date, set[str]]] = OrderedDict()

    def count(self, profile: Profile, sighting: Sighting) -> None:
        """Add what *sighting* tells to the day of *profile*, which is the caller of it."""
        today = profile.today
        assert today is not None, "_profile_of has begun it"
        hour = sighting.at.hour
        counts = today.counts
        if hour != today.hour:
            today.hour = hour
            today.hours.add(hour)
            if profile.kind in DURABLE:
                self._learned.groups[profile.group].come(profile.caller, hour)
            today.in_hour.clear()
        if sighting.subjects:
            today.seen.update(sighting.subjects)
            self._weigh(profile, Measure.SEEN, len(today.seen), sighting.at)
        if sighting.clear:
            today.people.update(sighting.subjects)
            today.in_hour.update(sighting.subjects)
            if len(sighting.subjects) <= PAGE:
                self._weigh(profile, Measure.PAGES, read_by_page(today, sighting), sighting.at)
            self._weigh(profile, Measure.PEOPLE, len(today.people), sighting.at)
            self._weigh(profile, Measure.HOUR, max(counts[Measure.HOUR], len(today.in_hour)), sighting.at)
        if sighting.values:
            self._weigh(profile, Measure.VALUES, counts[Measure.VALUES] + sighting.values, sighting.at)
            self._weigh(profile, Measure.KIB, counts[Measure.KIB] + sighting.kib, sighting.at)
        if sighting.refused:
            self._weigh(profile, Measure.REFUSED, counts[Measure.REFUSED] + 1, sighting.at)
        if profile.kind in DURABLE:
            self._count_durable(profile, today, sighting)

    def _count_durable(self, profile: Profile, today: Today, sighting: Sighting) -> None:
        if sighting.about:
            self._weigh(profile, Measure.REVEALS, today.counts[Measure.REVEALS] + 1, sighting.at)
        if sighting.network:
            self._switched(profile, today, sighting)
        for deviation in touch(sighting, profile, self.listed, self.relatives, self._cases, self._learned.calendar):
            note(today, deviation)
        if self._learned.is_complete:
            group = self._learned.groups[profile.group]
            strange: set[str] = set()
            for deviation in context_of(sighting, profile, group, self._learned.networks, self._learned.calendar):
                note(today, deviation)
                if deviation.points >= 1.0:
                    strange.add(deviation.kind)
            if strange and (sighting.clear or sighting.values):
                today.odd.update(odd_of(sighting, today, strange))
                for deviation in odd_people(len(today.odd), odd_from(a_day_of(profile), strange)):
                    note(today, deviation)
        today.networks.update((sighting.network, sighting.site))
        today.credentials.add(sighting.credential)
        today.operations.add(sighting.operation)
        today.systems[sighting.operation.partition(" ")[0]] += 1

    def _switched(self, profile: Profile, today: Today, sighting: Sighting) -> None:
        moment = sighting.at.timestamp()
        network, _ = today.last_network
        if network and network != sighting.network:
            left, at = today.before
            if left == sighting.network and moment - at <= _BACK_WITHIN:
                self._weigh(profile, Measure.SWITCHES, today.counts[Measure.SWITCHES] + 1, sighting.at)
            today.before = today.last_network
        today.last_network = (sighting.network, moment)

    def _weigh(self, profile: Profile, measure: Measure, count: int, at: datetime) -> None:
        today = profile.today
        assert today is not None, "only who came today is weighed"
        before, today.counts[measure] = today.counts[measure], count
        if measure is Measure.PEOPLE and count >= MOST_PEOPLE > before and profile.kind != "system":
            note(today, _absolute(count))
        caps = today.caps.get(measure)
        if today.plain and (plain := today.plain.get(measure)) and count >= plain[0]:
            today.is_excused = True
        if not caps or count < caps[0] or count == before:
            return
        deviation = deviation_of(profile, self._learned.groups[profile.group], measure, caps, at, workday=today.workday)
        if deviation:
            note(today, deviation)


def note(today: Today, deviation: Deviation) -> None:
    """Add *deviation* to what was found *today*, unless a graver one of its kind is there."""
    before = today.found.get(deviation.kind)
    if before is None or deviation.points >= before.points:
        today.found[deviation.kind] = deviation
        today.is_changed = True


def _absolute(count: int) -> Deviation:
    return Deviation(
        kind="absolute",
        points=ALERT,
        zh=f"一天明文看到 {count} 人，超过任何人的上限",
        en=f"{count} residents in clear in one day, more than anybody may see unasked",
    )
