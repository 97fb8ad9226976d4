"""The baselines: what is usual for each caller and its peers, learned from the log, and what deviates from it.

Fed with the documents of the log in order of time, from whichever index they come; what is found depends on them alone.
What is remembered of a caller are counts of its last days and the names of its networks and operations; subjects are
held as digests for seven days. A day on which a caller was found is not learned, so nobody teaches by doing.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta

from siem.baseline.calendar import LOCAL, Calendar
from siem.baseline.close import close_day
from siem.baseline.context import context_of
from siem.baseline.customary import custom_of
from siem.baseline.excuse import Excuse, excuse_on, widened
from siem.baseline.first_days import forget, judged, most_of, waiting_posts
from siem.baseline.group import Group
from siem.baseline.nearly import again_nearly, is_nearly
from siem.baseline.pace import PAGE, read_by_page, take_turn
from siem.baseline.post import take_post
from siem.baseline.profile import DAYS, Measure, Profile, Today
from siem.baseline.repeat import QUIET, goes_on
from siem.baseline.score import ALERT, amount_on, by_weight, far_more, is_news, odd_from, odd_of, odd_people, score_of
from siem.baseline.sighting import DURABLE, Sighting, sighting_of
from siem.baseline.touched import touch
from siem.baseline.unsaid import PROGRAM, is_program, put_together
from siem.baseline.volume import MOST_PEOPLE, a_day_of, deviation_of, durable_caps, passing_caps
from siem.baseline.words import Anomaly, Deviation
from siem.detect.custom import Usual
from siem.record.ecs import Document

LEARN_DAYS = 5
"""How many workdays have to be known before anything is found but what needs no learning."""
_BACK_WITHIN = 3 * 3600.0
"""Seconds within which a change to another network and back counts: several of them in a day are two people."""
_SETTLED, _NEW_FOR = timedelta(days=4), timedelta(days=28)
"""So soon after the log begins everybody is new and nobody a newcomer; so long a newcomer is one."""
_STAYS = timedelta(days=14)
"""So long after the last day a caller is still taken for one who could have come."""
_FEW = 4


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
        self.calendar = calendar
        self.canaries = canaries
        self.listed = listed
        self.relatives = relatives or {}
        self.excuses: Mapping[str, Sequence[Excuse]] = {}
        """Of each caller, what was closed for a good reason."""
        self.profiles: dict[tuple[str, str], Profile] = {}
        self.groups: defaultdict[str, Group] = defaultdict(Group)
        self.networks: dict[str, set[str]] = {}
        self.cases: OrderedDict[str, tuple[date, set[str]]] = OrderedDict()
        self._passing: dict[tuple[str, str], Profile] = {}
        self._day: date | None = None
        self._is_over = False
        """Whether that day was closed."""
        self._workday = True
        self._learned = 0

    def observe(self, document: Document) -> list[Anomaly]:
        """Take one more event, and say whose day deviates too much since it."""
        sighting = sighting_of(document, self.canaries)
        return self.take(sighting) if sighting else []

    def take(self, sighting: Sighting) -> list[Anomaly]:
        """The same for an event that was read already."""
        found: list[Anomaly] = []
        if self._day is None or sighting.day > self._day:
            found = self.close()
            self._pass_empty_days(sighting.day)
            self._day, self._is_over = sighting.day, False
            self._workday = self.calendar.is_workday(sighting.day)
        if self._is_over:  # it comes after its day was closed, and would begin another of the same date
            return found
        profile = self._profile_of(sighting)
        self._count(profile, sighting)
        anomaly = self._judge(profile, sighting.at, sighting.event)
        return [*found, anomaly] if anomaly else found

    def close(self) -> list[Anomaly]:
        """End the day that is under way: what only whole days show, and learning it. Twice is once."""
        if self._day is None or self._is_over:
            return []
        self._is_over = True
        at = datetime.combine(self._day, time(23, 59, 59), LOCAL)
        came = [profile for profile in self.profiles.values() if profile.today]
        found = []
        for profile, deviation in close_day(self.groups, came, self._day, self._newcomers(came), self.calendar):
            assert profile.today is not None, "only who came is looked at"
            _note(profile.today, deviation)
            if self.is_learned and (anomaly := self._judge(profile, at, "")):
                found.append(anomaly)
        self._learn(came)
        is_first = not self.is_learned
        self._learned += self._workday and is_first
        if self.is_learned:
            put_together(self.profiles.values(), self.groups)
        if is_first:
            found += self._judge_first_days(at)
        return found

    def pass_to(self, day: date) -> list[Anomaly]:
        """End the day that is under way if it lies before *day*, though nobody has come since."""
        return self.close() if self._day is not None and self._day < day else []

    @property
    def is_learned(self) -> bool:
        """Whether enough days are known."""
        return self._learned >= LEARN_DAYS

    def usual(self, caller: str = "") -> Mapping[str, Usual]:
        """Up to how many people are ordinary work, for those who may see many; by what is known up to now.

        Of everybody, or only of *caller* and who has the same post.
        """
        groups = {known.group for kind in DURABLE if (known := self.profiles.get((kind, caller)))}
        profiles = [profile for profile in self.profiles.values() if not caller or profile.group in groups]
        return custom_of(
            profiles,
            self.groups,
            workday=self._workday,
            day=self._day,
            is_learned=self.is_learned,
            waiting=frozenset() if self.is_learned else waiting_posts(self.profiles.values(), self.groups),
            turn_of_month=self._day is not None and self.calendar.is_turn_of_month(self._day),
        )

    @property
    def day(self) -> date | None:
        """The day that is under way."""
        return self._day

    def _newcomers(self, came: Sequence[Profile]) -> Set[str]:
        """Who came for the first time a few weeks ago, when others were known for longer: they still grow."""
        assert self._day is not None, "there is a day"
        began = min((profile.since for profile in self.profiles.values()), default=self._day)
        return {each.caller for each in came if began + _SETTLED < each.since > self._day - _NEW_FOR}

    def _pass_empty_days(self, until: date) -> None:
        """Learn that nobody came on the days between the last one and *until*."""
        day = self._day + timedelta(days=1) if self._day else until
        while day < until and self._day and (day - self._day).days <= DAYS:
            for name, members in self._members(day).items():
                self.groups[name].learn(members, (), workday=self.calendar.is_workday(day))
            day += timedelta(days=1)

    def _members(self, day: date) -> Mapping[str, int]:
        """How many of each group could have come on *day*."""
        members: defaultdict[str, int] = defaultdict(int)
        for profile in self.profiles.values():
            if profile.today or (profile.last_day and day - profile.last_day <= _STAYS):
                members[profile.group] += 1
        return members

    def _profile_of(self, sighting: Sighting) -> Profile:
        kept = self.profiles if sighting.kind in DURABLE else self._passing
        key = (sighting.kind, sighting.caller)
        profile = kept.get(key)
        if profile is None:
            profile = kept[key] = Profile(sighting.caller, sighting.kind, sighting.group, sighting.day)
        if profile.today is None:
            if profile.kind == sighting.kind and kept is self.profiles:
                take_post(profile, sighting.group, sighting.day)
            profile.today = self._today(profile)
        return profile

    def _today(self, profile: Profile) -> Today:
        assert self._day is not None, "an event has begun it"
        today = Today(self._day, self._workday)
        if self.is_learned:
            group = self.groups[profile.group]
            if profile.kind in DURABLE:
                turn = self.calendar.is_turn_of_month(self._day)
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

    def _count(self, profile: Profile, sighting: Sighting) -> None:
        today = profile.today
        assert today is not None, "_profile_of has begun it"
        hour = sighting.at.hour
        counts = today.counts
        if hour != today.hour:
            today.hour = hour
            today.hours.add(hour)
            if profile.kind in DURABLE:
                self.groups[profile.group].come(profile.caller, hour)
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
        for deviation in touch(sighting, profile, self.listed, self.relatives, self.cases, self.calendar):
            _note(today, deviation)
        if self.is_learned:
            group = self.groups[profile.group]
            strange: set[str] = set()
            for deviation in context_of(sighting, profile, group, self.networks, self.calendar):
                _note(today, deviation)
                if deviation.points >= 1.0:
                    strange.add(deviation.kind)
            if strange and (sighting.clear or sighting.values):
                today.odd.update(odd_of(sighting, today, strange))
                for deviation in odd_people(len(today.odd), odd_from(a_day_of(profile), strange)):
                    _note(today, deviation)
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
            _note(today, _absolute(count))
        caps = today.caps.get(measure)
        if today.plain and (plain := today.plain.get(measure)) and count >= plain[0]:
            today.is_excused = True
        if not caps or count < caps[0] or count == before:
            return
        deviation = deviation_of(profile, self.groups[profile.group], measure, caps, at, workday=today.workday)
        if deviation:
            _note(today, deviation)

    def _judge(self, profile: Profile, at: datetime, event: str) -> Anomaly | None:
        today = profile.today
        assert today is not None, "only who came today is judged"
        if not today.is_changed:
            return None
        today.is_changed = False
        points = score_of(today.found)
        if points < ALERT and (again := again_nearly(profile, today)):
            today.found[again.kind] = again
            points += again.points
        if points < ALERT:
            return None
        today.is_found = True
        if not goes_on(profile, today, points):
            profile.told, profile.worst, profile.told_amount = set(), points, 0
        is_later = profile.alerted is not None and profile.alerted < today.day
        if profile.told and is_later and (more := far_more(today, profile.told_amount)):
            today.found[more.kind] = more
        profile.found_on = today.day
        if profile.alerted == today.day:
            profile.worst = max(points, profile.worst)
        if profile.told and not any(is_news(each, profile.told) for each in today.found.values()):
            return None
        profile.alerted, profile.worst = today.day, max(points, profile.worst)
        profile.told |= today.found.keys()
        profile.told_amount = max(profile.told_amount, amount_on(today))
        told = by_weight(today.found)
        return Anomaly(
            caller=profile.caller,
            kind=profile.kind,
            group=profile.group,
            at=at,
            points=points,
            event=event,
            deviations=told[:_FEW],
            kinds=tuple(each.kind for each in told),
        )

    def _judge_first_days(self, at: datetime) -> Iterator[Anomaly]:
        """What the rules have waited with, now that more is known."""
        for profile, deviation in judged(self.profiles.values(), self.groups, is_learned=self.is_learned):
            forget(profile)
            profile.alerted = profile.found_on = at.date()
            profile.told, profile.worst = {deviation.kind}, deviation.points
            profile.told_amount = most_of(profile)
            yield Anomaly(
                caller=profile.caller,
                kind=profile.kind,
                group=profile.group,
                at=at,
                points=deviation.points,
                event="",
                deviations=[deviation],
                kinds=(deviation.kind,),
            )

    def _learn(self, came: list[Profile]) -> None:
        assert self._day is not None, "there is a day to learn"
        members = self._members(self._day)
        of_group: defaultdict[str, list[Profile]] = defaultdict(list)
        for profile in [*came, *self._passing.values()]:
            if profile.today and profile.today.is_usual and not is_nearly(profile.today):
                of_group[profile.group].append(profile)
        for name in members.keys() | of_group.keys():
            learned = of_group[name]
            self.groups[name].learn(members.get(name, len(learned)), learned, workday=self._workday)
        for profile in came:
            self._learn_own(profile)
        self._passing = {
            key: profile
            for key, profile in self._passing.items()
            if profile.alerted and self._day - profile.alerted < QUIET
        }
        for profile in self._passing.values():
            profile.today = None

    def _learn_own(self, profile: Profile) -> None:
        today = profile.today
        assert today is not None, "only who came is learned"
        profile.run = profile.run + 1 if profile.last_day == today.day - timedelta(days=1) else 1
        profile.spans.append(len(today.hours))
        profile.today, profile.last_day = None, today.day
        if is_program(profile):
            profile.kind = profile.group = PROGRAM
        if profile.kind == "system":
            profile.weekdays[today.day.weekday(), today.workday] = today.counts
            if self.calendar.is_turn_of_month(today.day):
                take_turn(profile, today.counts, today.day)
        if is_nearly(today):
            profile.nearly = today.day
        if today.is_found:
            profile.keep_found(today)
        if not today.is_usual or is_nearly(today):
            return
        profile.days(workday=today.workday).append(today.counts)
        for hour in today.hours:
            key = (today.workday, hour)
            profile.hours[key] = profile.hours.get(key, 0) + 1
        profile.networks |= today.networks
        profile.credentials |= today.credentials
        profile.operations |= today.operations
        profile.systems += today.systems
        for names, table in (
            (today.networks, self.networks),
            (today.operations, self.groups[profile.group].operations),
        ):
            for name in names:
                known = table.setdefault(name, set())
                if len(known) <= _FEW:
                    known.add(profile.caller)


def watch(baselines: Baselines, documents: Iterator[Document]) -> Iterator[Anomaly]:
    """Everything that *documents*, which are in order of time, let *baselines* find."""
    for document in documents:
        yield from baselines.observe(document)
    yield from baselines.close()


def _note(today: Today, deviation: Deviation) -> None:
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
