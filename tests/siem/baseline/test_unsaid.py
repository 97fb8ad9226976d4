"""Whom callers are compared with of whom no event says the post or the kind."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta

import pytest

from siem.baseline.group import Group
from siem.baseline.profile import Measure, Profile, Today
from siem.baseline.unsaid import NO_POST, is_program, put_together
from siem.baseline.volume import caps_of
from siem.record.ecs import Document
from tests.siem.baseline.office import CLERKS, FIRST, LEARNED, Office, found_in, moment


def profile_of(caller: str, a_day: int = 10, system: str = "register", *, files: int = 0) -> Profile:
    profile = Profile(caller, "staff", NO_POST, FIRST, systems=Counter({system: 10}))
    for number in range(10):
        people = 400 if number < files else a_day
        profile.workdays.append({**dict.fromkeys(Measure, 0), Measure.PEOPLE: people, Measure.PAGES: a_day})
    return profile


def posts_of(*profiles: Profile) -> Mapping[str, str]:
    put_together(profiles, defaultdict(Group))
    return {profile.caller: profile.group for profile in profiles}


def test_who_works_in_another_system_has_another_post() -> None:
    posts = posts_of(*(profile_of(f"{system}{n}", system=system) for system in ("hall", "aid") for n in range(5)))
    assert len(set(posts.values())) == 2
    assert posts["hall1"] == posts["hall4"] != posts["aid1"]


def test_in_each_of_several_systems_it_is_how_much_as_well() -> None:
    posts = posts_of(
        *(profile_of(f"few{n}", system="aid") for n in range(5)),
        *(profile_of(f"many{n}", 200, system="aid") for n in range(5)),
        *(profile_of(f"two{n}", 2_000, system="aid") for n in range(2)),
        *(profile_of(f"hall{n}", system="hall") for n in range(5)),
    )
    assert len({posts[who] for who in ("few0", "many0", "two0", "hall0")}) == 4
    assert posts["two0"] == posts["two1"] != NO_POST


def test_who_fetches_a_file_now_and_then_stays_with_the_others() -> None:
    posts = posts_of(*(profile_of(f"c{n}", files=n % 2) for n in range(10)))
    assert len(set(posts.values())) == 1


@pytest.mark.parametrize(
    ("fetchers", "others", "known"), [(4, 20, True), (2, 12, False), (4, 60, False)], ids=["many", "two", "hardly any"]
)
def test_a_first_file_is_work_where_many_who_do_as_much_fetch_some(fetchers: int, others: int, known: bool) -> None:
    groups: defaultdict[str, Group] = defaultdict(Group)
    plain = [profile_of(f"plain{n}") for n in range(others)]
    put_together([*plain, *(profile_of(f"files{n}", files=3) for n in range(fetchers))], groups)
    group = groups[plain[0].group]
    assert group.files.get(Measure.PEOPLE, 0) == (400 if known else 0)
    plain[0].today = Today(LEARNED, workday=True)
    caps, pages = (caps_of(plain[0], group, measure, workday=True) for measure in (Measure.PEOPLE, Measure.PAGES))
    assert (caps[2] > 400) is known
    assert caps[1] < 100, "with something else that is odd it is an alert"
    assert pages[3] < 100, "to read as many page by page is another matter"


def test_files_that_were_told_make_work_with_files_too() -> None:
    told = [profile_of(f"told{n}") for n in range(5)]
    for profile in told:
        profile.found_days = {FIRST + timedelta(days=day): {Measure.PEOPLE: 400} for day in range(2)}
    posts = posts_of(*told, *(profile_of(f"c{n}") for n in range(5)))
    assert posts["told0"] != posts["c0"]


def test_who_reads_more_and_more_page_by_page_fetches_no_files() -> None:
    more = [profile_of(f"more{n}") for n in range(5)]
    for profile in more:
        for day in [*profile.workdays][5:]:
            day[Measure.PEOPLE] = day[Measure.PAGES] = 120
    posts = posts_of(*more, *(profile_of(f"c{n}") for n in range(5)))
    assert posts["more0"] == posts["c0"]


def test_who_is_in_a_company_stays_in_it_though_others_leave() -> None:
    groups: defaultdict[str, Group] = defaultdict(Group)
    few = [profile_of(f"few{n}", system="aid") for n in range(4)]
    others = [profile_of(f"many{n}", 200, system=system) for system in ("aid", "hall") for n in range(9)]
    put_together([*few, *others], groups)
    company = few[0].group
    assert company != others[0].group
    put_together([*few[1:], *others], groups)
    assert {profile.group for profile in few} == {company}


def test_in_one_system_it_is_how_much_and_with_files_or_without() -> None:
    posts = posts_of(
        *(profile_of(f"few{n}") for n in range(5)),
        *(profile_of(f"many{n}", 90) for n in range(5)),
        *(profile_of(f"files{n}", files=3) for n in range(5)),
    )
    assert len(set(posts.values())) == 3


def test_too_few_who_work_alike_stay_with_everybody() -> None:
    posts = posts_of(*(profile_of(f"c{n}") for n in range(8)), *(profile_of(f"d{n}", 300) for n in range(2)))
    assert posts["d0"] == NO_POST != posts["c0"]


@pytest.mark.parametrize(
    ("spans", "run", "program"),
    [
        ([24], 1, True),
        ([13], 1, False),
        ([16] * 5, 5, True),
        ([9] * 20, 12, False),
        ([1] * 20, 14, True),
        ([], 0, False),
    ],
)
def test_who_never_rests_is_a_program(spans: list[int], run: int, program: bool) -> None:
    profile = profile_of("x")
    profile.spans.extend(spans)
    profile.run = run
    assert is_program(profile) is program


def test_an_event_that_says_no_post_does_not_say_another() -> None:
    """Or all that was known of a caller would be forgotten whenever a system leaves it out."""
    office = Office()
    documents: list[Document] = []
    for number, document in enumerate(office.weeks(LEARNED)):
        if number % 3 == 0:
            document["user"].pop("roles", None)
        documents.append(document)
    documents += [office.look(CLERKS[0], moment(LEARNED, 10 + n / 60), source_ip="198.51.100.7") for n in range(30)]
    assert [anomaly.caller for anomaly in found_in(documents)] == [CLERKS[0]]


def test_a_saturday_on_which_a_whole_post_works_is_nobodys_deviation() -> None:
    office = Office()
    saturday = LEARNED + timedelta(days=5)
    documents = office.weeks(saturday)
    alone = [*documents, *office.looks(CLERKS[0], saturday, 60, 10)]
    assert len(found_in(alone)) == 1
    all_come = [office.look(caller, moment(saturday, 9 + n / 20)) for n in range(20) for caller in CLERKS]
    assert found_in(sorted([*documents, *all_come], key=lambda each: each["@timestamp"])) == []
