"""The baselines: what is usual for each caller and its peers, learned from the log, and what deviates from it.

Fed with the documents of the log in order of time, from whichever index they come; what is found depends on them alone.
What is remembered of a caller are counts of its last days and the names of its networks and operations; subjects are
held as digests for seven days. A day on which a caller was found is not learned, so nobody teaches by doing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from siem.baseline.calendar import LOCAL, Calendar
from siem.baseline.close import close_day
from siem.baseline.counting import Counting, note
from siem.baseline.customary import custom_of
from siem.baseline.excuse import Excuse, excuse_on, widened
from siem.baseline.first_days import waiting_posts
from siem.baseline.judge import judge, judge_first_days
from siem.baseline.learned import Learned
from siem.baseline.post import take_post
from siem.baseline.profile import Profile, Today
from siem.baseline.sighting import DURABLE, Sighting, sighting_of
from siem.baseline.unsaid import put_together
from siem.baseline.volume import MOST_PEOPLE, durable_caps, passing_caps
from siem.baseline.words import Anomaly
from siem.detect.custom import Usual
from siem.record.ecs import Document


class Baselines:
    """Learns and watches. *listed* are digests of people whom everybody knows, *relatives* those of each caller.

    *canaries*: digests of those who are nobody; whoever is shown one is a matter for a rule, and not counted here.
    """

    def __init__(
        self,
        calendar: Calendar,
        listed: frozenset[str] = frozenset(),
        relatives: Mapping[str, frozenset[str]] | None = None,
        canaries: frozenset[str] = frozenset(),
    ) -> None:
        self.learned = Learned(calendar)
        self.canaries = canaries
        self.excuses: Mapping[str, Sequence[Excuse]] = {}
        """Of each caller, what was closed for a good reason."""
        self.counting = Counting(self.learned, listed, relatives or {})
        self._day: date | None = None
        self._is_over = False
        """Whether that day was closed."""
        self._workday = True

    def know(
        self,
        *,
        listed: frozenset[str],
        relatives: Mapping[str, frozenset[str]],
        canaries: frozenset[str],
        excuses: Mapping[str, Sequence[Excuse]],
    ) -> None:
        """Go on with these in place of what was known of people, of those who are nobody and of good reasons."""
        self.counting.listed, self.counting.relatives = listed, relatives
        self.canaries, self.excuses = canaries, excuses

    def observe(self, document: Document) -> list[Anomaly]:
        """Take one more event, and say whose day deviates too much since it."""
        sighting = sighting_of(document, self.canaries)
        return self.take(sighting) if sighting else []

    def take(self, sighting: Sighting) -> list[Anomaly]:
        """The same for an event that was read already."""
        found: list[Anomaly] = []
        if self._day is None or sighting.day > self._day:
            found = self.close()
            if self._day is not None:
                self.learned.pass_empty_days(self._day, sighting.day)
            self._day, self._is_over = sighting.day, False
            self._workday = self.learned.calendar.is_workday(sighting.day)
        if self._is_over:  # it comes after its day was closed, and would begin another of the same date
            return found
        profile = self._profile_of(sighting)
        self.counting.count(profile, sighting)
        anomaly = judge(profile, sighting.at, sighting.event)
        return [*found, anomaly] if anomaly else found

    def close(self) -> list[Anomaly]:
        """End the day that is under way: what only whole days show, and learning it. Twice is once."""
        if self._day is None or self._is_over:
            return []
        self._is_over = True
        at = datetime.combine(self._day, time(23, 59, 59), LOCAL)
        came = [profile for profile in self.learned.profiles.values() if profile.today]
        newcomers = self.learned.newcomers(came, self._day)
        found = []
        for profile, deviation in close_day(self.learned.groups, came, self._day, newcomers, self.learned.calendar):
            assert profile.today is not None, "only who came is looked at"
            note(profile.today, deviation)
            if self.learned.is_complete and (anomaly := judge(profile, at, "")):
                found.append(anomaly)
        self.learned.learn(came, self._day, workday=self._workday)
        is_first = not self.learned.is_complete
        self.learned.end_day(workday=self._workday)
        if self.learned.is_complete:
            put_together(self.learned.profiles.values(), self.learned.groups)
        if is_first:
            found += judge_first_days(self.learned, at)
        return found

    def pass_to(self, day: date) -> list[Anomaly]:
        """End the day that is under way if it lies before *day*, though nobody has come since."""
        return self.close() if self._day is not None and self._day < day else []

    def usual(self, caller: str = "") -> Mapping[str, Usual]:
        """Up to how many people are ordinary work, for those who may see many; by what is known up to now.

        Of everybody, or only of *caller* and who has the same post.
        """
        learned = self.learned
        groups = {known.group for kind in DURABLE if (known := learned.profiles.get((kind, caller)))}
        profiles = [profile for profile in learned.profiles.values() if not caller or profile.group in groups]
        waiting = frozenset() if learned.is_complete else waiting_posts(learned.profiles.values(), learned.groups)
        return custom_of(
            profiles,
            learned.groups,
            workday=self._workday,
            day=self._day,
            is_learned=learned.is_complete,
            waiting=waiting,
            turn_of_month=self._day is not None and learned.calendar.is_turn_of_month(self._day),
        )

    @property
    def day(self) -> date | None:
        """The day that is under way."""
        return self._day

    def _profile_of(self, sighting: Sighting) -> Profile:
        kept = self.learned.profiles if sighting.kind in DURABLE else self.learned.passing
        key = (sighting.kind, sighting.caller)
        profile = kept.get(key)
        if profile is None:
            profile = kept[key] = Profile(sighting.caller, sighting.kind, sighting.group, sighting.day)
        if profile.today is None:
            if profile.kind == sighting.kind and kept is self.learned.profiles:
                take_post(profile, sighting.group, sighting.day)
            profile.today = self._today(profile)
        return profile

    def _today(self, profile: Profile) -> Today:
        assert self._day is not None, "an event has begun it"
        today = Today(self._day, self._workday)
        if self.learned.is_complete:
            group = self.learned.groups[profile.group]
            if profile.kind in DURABLE:
                turn = self.learned.calendar.is_turn_of_month(self._day)
                today.caps = durable_caps(profile, group, self._day, workday=self._workday, turn_of_month=turn)
                self._excuse(profile, today)
            else:
                today.caps = passing_caps(group, workday=self._workday)
        return today

    def _excuse(self, profile: Profile, today: Today) -> None:
        excuse = excuse_on(self.excuses.get(profile.caller, ()), today.day)
        if excuse and (seen := profile.found_days.get(excuse.day)):
            today.plain, today.excuse = today.caps, (excuse.alert, excuse.until)
            today.caps = widened(today.caps, seen, MOST_PEOPLE)


def watch(baselines: Baselines, documents: Iterator[Document]) -> Iterator[Anomaly]:
    """Everything that *documents*, which are in order of time, let *baselines* find."""
    for document in documents:
        yield from baselines.observe(document)
    yield from baselines.close()
