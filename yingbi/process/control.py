"""`python -m yingbi.process.control SETTINGS`: cases and the console. The only process that writes the state database.

It holds the keys of overlays, releases, permits, alerts and notices and not that of programs: who responds to leaks can
tighten what is shown and take that back; more is shown only by a policy that two people agreed on, which the supervisor
checks and compiles. A permit opens what such a policy lets ask for, and nothing else.
"""

import dataclasses
import logging
import sys
from collections.abc import Sequence
from functools import partial

from console.accounts import Accounts
from console.alerts.closing import AlertCloser
from console.alerts.watch import AlertWatch, due_by
from console.api.repeats import Repeats
from console.api.tokens import ApiTokens
from console.app import create_app
from console.excused import Excuses
from console.office import Office
from console.permits.book import PermitBook
from console.rules.trials import RuleTrials
from incident.cases import Cases
from incident.database import open_database
from incident.drill import is_barred
from incident.duty.duties import DutyTable, load_duties
from incident.duty.files import duty_files, read_duties
from incident.engine import Rulebook
from incident.evidence_book import EvidenceBook
from incident.graph import load_playbooks
from incident.ids import Bilingual, NotPermitted
from incident.perform import Performer
from incident.store import CaseStore
from policies.keys.epochs import digester_in
from policies.keys.key_files import Signer, Verifier, read_secret
from policies.keys.sealed_folder import NotAsSealed, SealedFolder
from policies.permits import asking_key
from policies.policy import Policy
from policies.recognisers.scan import scan
from policies.snapshot import read_folder
from proxy.board import Board
from proxy.reasons import REASONS
from siem.baseline.calendar import read_calendar
from siem.detect.alert import AlertId, AlertStore
from siem.detect.rule_file import RuleError
from siem.detect.silence import SilenceStore
from siem.index.store import EventStore, StoreUnavailable
from siem.notify.delivery import Delivery
from siem.notify.outbox import Outbox
from siem.record.reader import is_kept
from yingbi.books import open_books, said_of
from yingbi.canaries import canaries_of
from yingbi.clock import now
from yingbi.evidence_proof import evidence_signer
from yingbi.excused import ExcusedFile
from yingbi.handling_settings import plans_of
from yingbi.home import Home
from yingbi.hotline import Hotline
from yingbi.in_force import ProgramsInForce
from yingbi.index import open_index
from yingbi.kept_programs import KeptPrograms
from yingbi.look_ups import PersonLookUps
from yingbi.notices.file import notice_file
from yingbi.notices.key import NoticeSigner, sign_published
from yingbi.notices.press import press_of
from yingbi.notices.scan import scan_or_refuse, warm_up
from yingbi.permits.desk import PermitDesk
from yingbi.permits.record import PermitRecorder
from yingbi.permits.search import PermitSearch
from yingbi.persons.list_persons import PersonLister
from yingbi.persons.reading import PersonReader
from yingbi.persons.sources import part_in, systems_in
from yingbi.plant import CannotPlant, planted
from yingbi.playbooks_in_force import PlaybooksInForce
from yingbi.policy_source import source_of
from yingbi.policy_watch import PolicyWatch
from yingbi.publish.affected import AffectedPublisher
from yingbi.publish.overlay import OverlayPublisher
from yingbi.publish.permits import PermitPublisher
from yingbi.recheck import Rechecker
from yingbi.rehearsing.rehearsals import Rehearsals
from yingbi.release import Released, Releaser, life_of
from yingbi.respond import Responder
from yingbi.said import speak
from yingbi.serve import serve
from yingbi.settings import Settings, settings_of
from yingbi.site import site_of
from yingbi.standing import indexed_until, installation_of, version_in
from yingbi.subscribers.webhook_desk import WebhookDesk
from yingbi.summary import Summary
from yingbi.threads import Threads
from yingbi.titles import Titles

log = logging.getLogger("yingbi.control")


def main(settings: Settings) -> int:
    """Respond and serve until asked to stop. Returns 0, or 1 where the responding failed: then all of it ends."""
    home = Home(settings.home)
    engine = open_database(f"sqlite:///{home.state}")
    events = open_index(settings, writing=False)
    alerts = AlertStore(home.alerts, read_only=True)
    press = press_of(settings, Policy(categories={}, grants=(), callers=(), packs={}, systems={}))
    rules = Rulebook(
        books=load_playbooks(),
        duties=duties_of(home),
        press=press,
        scan=scan,
        goals=settings.goals.goals,
        scan_notice=scan_or_refuse,
    )
    warm_up()
    store = CaseStore(engine)
    cases = Cases(store, rules, now)
    released = Released(home)
    life = life_of(home, engine, cases.check_text, released)
    watch = PolicyWatch(home, life)
    due = due_by(settings.alerts.escalation, read_calendar())
    books = open_books(home, engine, cases.check_text, due)
    alert_watch = AlertWatch(books.alerts, alerts, due, now)
    accounts = Accounts(engine, now)
    alert_closer = AlertCloser(books.alerts, alerts, cases, accounts.names_of)
    rechecker = Rechecker(
        home,
        store,
        now,
        policies=watch.broken,
        permits=lambda: said_of(books.permits.broken),
        alerts=lambda: said_of(books.alerts.broken),
        rules=lambda: said_of(books.rules.broken),
        searches=lambda: said_of(books.searches.broken),
        playbooks=lambda: said_of(books.playbooks.broken),
    )
    overlays = OverlayPublisher(
        folder=home.published, board=Board(home.board), signer=Signer(home.private_key("overlay")), clock=now
    )
    signer = NoticeSigner(home)
    sign_published(home, cases.all(), signer)
    titles = Titles(settings, source_of(settings, "control"), cases)
    titles.renew()
    leading = PlaybooksInForce(home, cases, books.playbooks, now)
    leading.renew()
    performer = Performer(
        events=events,
        published=home.notices,
        tighten=overlays.tighten,
        lift=overlays.lift,
        indexed_until=lambda: indexed_until(home),
        clock=now,
        sign=signer.signatures_of,
        levels=lambda: titles.levels,
        bars=lambda command: is_barred(cases.get(command.case), command),
        canaries=lambda: canaries_of(home),
    )
    lister = PersonLister(
        home,
        cases,
        events,
        lambda source, after, read: PersonReader(settings, source).pages(after, read),
        indexed_until=lambda: indexed_until(home),
        digester=lambda: digester_in(home.keys, now()),
        canaries=lambda: canaries_of(home),
        clock=now,
    )
    telling = AffectedPublisher(
        folder=home.published,
        signer=Signer(home.private_key("permits")),
        cases=cases,
        events=events,
        canaries=lambda: canaries_of(home),
        clock=now,
        site=settings.bulletin_url,
        phone=settings.contact.phone,
    )
    shelf = SealedFolder(home.evidence, read_secret(home.private_key("evidence")), "evidence")
    evidence = EvidenceBook(cases, shelf, NotAsSealed, evidence_signer(home).signed)
    summary = Summary(
        home,
        cases,
        lambda: rechecker.state,
        lambda: watch.told,
        lambda: books.permits.live(now()),
        plans_of(settings.drills),
    )
    excused = ExcusedFile(home.excused, Excuses(books.alerts.all, alerts.get).in_force)
    also = [titles.renew, leading.renew, excused.step, alert_watch.step, alert_closer.step, summary.tell, evidence.step]
    if settings.two_people:
        also = [Releaser(home, life, released).step, watch.step, *also]
    responder = Responder(cases, alerts, performer, also)
    permits = permit_desk(home, books.permits, events, overlays)
    rehearsals = Rehearsals(home, life.snapshot)
    look_ups = PersonLookUps(home, now)
    office = Office(
        cases=cases,
        alerts=alerts,
        alert_book=books.alerts,
        review_below=settings.alerts.review_below,
        drills=plans_of(settings.drills),
        evidence=evidence,
        silences=SilenceStore(home.silences),
        events=events,
        accounts=accounts,
        tokens=ApiTokens(engine, now),
        repeats=Repeats(engine, now),
        state=lambda: dataclasses.replace(installation_of(home, overlays.current()), records=rechecker.state),
        policies=life,
        permits=books.permits,
        rules=books.rules,
        playbooks=books.playbooks,
        trials=RuleTrials(events, now),
        searches=books.searches,
        look_ups=look_ups,
        hotline=Hotline(home.published, home.log, Verifier(telling.signer.public_bytes), look_ups, now),
        folder=lambda: read_folder(home.policies),
        rehearsal_of=lambda draft: rehearsals.of(draft.content),
        version_of=lambda program, at: version_in(home, program, at),
        now=now,
        bulletin_url=settings.bulletin_url,
        program_of=KeptPrograms(home).of,
        is_kept=partial(is_kept, home.log),
        person_sources=partial(systems_in, home.person_sources),
        person_part=partial(part_in, home.person_lists),
        notice_file=partial(notice_file, site=site_of(settings)),
        deliveries_of=partial(deliveries_in, Outbox(home.notifications, read_only=True)),
        plant=partial(planted_for, settings),
        subscribers=WebhookDesk(home, by_mail=settings.subscribers.by_mail) if settings.subscribers.on else None,
        reasons={code: Bilingual(zh=reason.zh, en=reason.en) for code, reason in REASONS.items()},
    )
    threads = Threads()
    answering = [
        threads.start(responder.run, "respond"),
        threads.start(permits.run_taking, "permits"),
        threads.start(permits.run_settling, "settle"),
    ]
    threads.start(lister.run, "persons")
    threads.start(telling.run, "affected")
    threads.start(rechecker.run, "recheck")
    proxied = bool(settings.addresses.console)
    serve(create_app(office), settings.ports.console, home.tls, behind_proxy=proxied, until=threads.failed)
    threads.stop.set()
    for thread in answering:
        thread.join(10)
    return int(threads.failed.is_set())


def duties_of(home: Home) -> DutyTable:
    """The duties that clocks start for: with those of the installation's own, where nothing is wrong with them."""
    try:
        return read_duties(duty_files(home.duties))
    except (RuleError, OSError) as problem:
        log.error("duties_unusable first=%s", str(problem).partition("\n")[0])
        return load_duties()


def planted_for(settings: Settings, count: int) -> bytes:
    """A table of *count* invented people who are canaries now. Raises NotPermitted where there can be none."""
    try:
        return planted(settings, count, now())
    except CannotPlant as why:
        zh, _, en = str(why).partition(" / ")
        raise NotPermitted(zh, en) from None


def deliveries_in(outbox: Outbox, alert: AlertId) -> Sequence[Delivery] | None:
    """Who was told of *alert*; None where that cannot be read now."""
    try:
        return outbox.deliveries(alert)
    except StoreUnavailable as unavailable:
        log.warning("notifications_unavailable %s", unavailable)
        return None


def permit_desk(home: Home, book: PermitBook, events: EventStore, overlays: OverlayPublisher) -> PermitDesk:
    """The one who opens permits in the installation in *home*."""
    programs = ProgramsInForce(home)
    return PermitDesk(
        folder=home.asked,
        key=asking_key(read_secret(home.private_key("fields"))),
        book=book,
        search=PermitSearch(events, home.log, lambda: indexed_until(home)),
        recorder=PermitRecorder(home.log, programs.digest_of),
        publisher=PermitPublisher(
            folder=home.published, board=Board(home.board), signer=Signer(home.private_key("permits"))
        ),
        reveals=programs.reveals,
        overlay=overlays.current,
        clock=now,
    )


if __name__ == "__main__":
    speak()
    sys.exit(main(settings_of(sys.argv[1])))


if __name__ == "__main__":
    speak()
    sys.exit(main(settings_of(sys.argv[1])))
