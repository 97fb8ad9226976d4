"""Tells subscribers of what is published: takes who comes and goes, sends what is due, again after failures.

INVARIANT: only what the public site shows is told, and of that only versions that the key of notices has signed. So
nothing of a drill is: nothing of one is ever published or signed, and a text that bears its mark is not sent either.
"""

import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from bulletin.proofs import JWKS
from bulletin.shelf import Shelf
from bulletin.wording import Site
from incident.drill import MARK
from policies.keys.detached import public_keys_in
from policies.keys.key_files import Signer, Verifier, make_secret, read_secret
from siem.notify.delivery import Outcome
from siem.notify.pace import pause_after
from siem.notify.secret import Secret, WrongAddress, address_of
from siem.notify.sender import Sender
from siem.notify.webhook import Webhook
from yingbi.home import Home
from yingbi.notices.proof import NoNotice, check_notice
from yingbi.subscribers.box import (
    CONFIRM,
    LEAVE,
    LINKS,
    HookBegun,
    HookEnded,
    Links,
    Pressed,
    Wanted,
    identity_in,
    link_in,
    make_box_keys,
    taken,
)
from yingbi.subscribers.records import CONFIRM_WITHIN, MOST_PROOFS, Kind, Proof, Subscriber, Subscribers
from yingbi.subscribers.texts import Issue, asked_mail, issue_body, issue_mail, leave_headers

LEAVE_WITHIN = timedelta(days=5 * 365)
"""So long the link in a mail lets its reader leave."""
TOLD_OF = 50
"""The newest notices."""
AT_ONCE = 20
"""So many attempts are made before it is looked again who comes, goes, or what is withdrawn."""
LATELY = timedelta(hours=1)
MOST_REFUSALS = 3
"""An address that refuses so many mails in a row is let go."""
KEY = "subscribers"
NO_MAILBOX = ("SMTP 550", "SMTP 551", "SMTP 553")
"""What a server says of an address; other refusals are about us."""
_PUBLIC: msgspec.json.Decoder[Wanted | Pressed] = msgspec.json.Decoder(Wanted | Pressed)
_OFFICES: msgspec.json.Decoder[HookBegun | HookEnded] = msgspec.json.Decoder(HookBegun | HookEnded)

log = logging.getLogger("yingbi.subscribers.records")


class SubscriberTeller:
    """The one who tells them. Raises OSError, ValueError where the keys of *home* cannot be used."""

    def __init__(
        self,
        home: Home,
        site: Site,
        mail: Callable[[], Secret | None],
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        """*mail* is the address of the server that takes mails, None where none is set. It may raise WrongAddress."""
        for name in (KEY, LINKS):
            make_secret(home.private_key(name))
        make_box_keys(home)
        self._home = home
        self._site = site
        self._mail = mail
        self._clock = clock
        self._chance = chance
        self._identity = identity_in(home)
        signer = Signer(home.private_key(LINKS))
        self._links, self._verifier = Links(signer), Verifier(signer.public_bytes)
        self._shelf = Shelf(home.notices)
        self.all = Subscribers(home.subscribers, read_secret(home.private_key(KEY)))
        self._mail_failures, self._mail_not_before = 0, clock()
        self._mail_took_at: datetime | None = None
        self.trouble = ""

    def step(self) -> int:
        """Do what can be done now, and return how many attempts that were. Raises OSError."""
        self._take()
        self.all.forget(self._clock())
        issues, attempts = self._issues(), 0
        for each in self.all:
            if attempts >= AT_ONCE:
                break
            attempts += self._serve(each, issues)
        return attempts

    def facts(self) -> dict[str, Any]:
        """How all of it stands, without an address: for the console."""
        mails = [each for each in self.all if each.kind is Kind.MAIL]
        sent = max((each.told_at for each in self.all if each.told_at), default=None)
        told = Counter(key for each in self.all for key in each.told.values())
        return {
            "mails": sum(each.confirmed_at is not None for each in mails),
            "unconfirmed": sum(each.confirmed_at is None for each in mails),
            "failing": sum(each.attempts > 0 for each in mails),
            "sent_at": sent.isoformat() if sent else None,
            "unreadable": self.all.unreadable,
            "trouble": self.trouble,
            "told": dict(sorted(told.items(), reverse=True)[:TOLD_OF]),
            "hooks": [_hook_facts(each) for each in self.all if each.kind is Kind.HOOK],
        }

    def _take(self) -> None:
        now = self._clock()
        for path, asked in taken(self._home.subscriptions_asked, self._identity, _PUBLIC):
            if isinstance(asked, Wanted):
                self.all.ask(asked.address, now)
            elif (link := link_in(asked.token, self._verifier, now)) is not None and link.what == CONFIRM:
                self.all.confirm(link.id, now)
            elif link is not None:
                self.all.drop(link.id)
            path.unlink()
        for path, hook in taken(self._home.webhooks_asked, self._identity, _OFFICES):
            if isinstance(hook, HookBegun):
                self.all.begin(hook, now)
                log.info("webhook_begun id=%s by=%s", hook.id, hook.by)
            else:
                self.all.drop(hook.id)
                log.info("webhook_ended id=%s by=%s", hook.id, hook.by)
            path.unlink()

    def _issues(self) -> list[Issue]:
        """What there is to tell, the oldest first."""
        try:
            keys = public_keys_in(self._home.notices / JWKS)
        except (OSError, ValueError):
            return []
        notices = self._shelf.notices()[:TOLD_OF]
        proofs, found = self._shelf.proofs(), []
        for notice in notices:
            content = notice.current.content
            if content and content.title_zh.startswith(f"【{MARK.zh}】"):
                continue
            try:
                if check_notice(proofs.signed(notice), keys).valid:
                    found.append(Issue(notice))
                    continue
            except NoNotice:
                pass
            log.warning("notice_not_told notice=%s reason=unsigned", notice.id)
        return sorted(found, key=lambda issue: issue.at)

    def _serve(self, one: Subscriber, issues: Iterable[Issue]) -> int:
        """Tell *one* the next thing that is due, if any. Returns how many attempts that were."""
        now = self._clock()
        is_mail = one.kind is Kind.MAIL
        if (one.not_before is not None and one.not_before > now) or (is_mail and self._mail_not_before > now):
            return 0
        if one.owed:
            return self._mail_link(one, now)
        issue = next((issue for issue in issues if _is_due(one, issue)), None)
        if issue is None:
            return 0
        if is_mail:
            token = self._links.token(LEAVE, one.id, now + LEAVE_WITHIN)
            outcome = self._mailed(one, issue_mail(issue, self._site, token), issue.key, token)
        else:
            outcome = _posted(one, issue_body(issue, self._site), issue.key, now)
        if outcome is not None:
            self._note(one, issue, outcome, now)
        return 1

    def _mail_link(self, one: Subscriber, now: datetime) -> int:
        confirm = self._links.token(CONFIRM, one.id, one.asked_at + CONFIRM_WITHIN)
        token = self._links.token(LEAVE, one.id, now + LEAVE_WITHIN)
        text = asked_mail(self._site, confirm, known=one.confirmed_at is not None, leave=token)
        outcome = self._mailed(one, text, f"asked.{int(one.asked_at.timestamp())}", token)
        if outcome is None:
            return 1
        if outcome.refused and one.confirmed_at is None:
            self.all.drop(one.id)
        elif outcome.delivered or outcome.refused:
            one.owed, one.mailed_at, one.attempts, one.not_before = False, now, 0, None
            self.all.keep(one)
        else:
            self._again(one, outcome, now)
        return 1

    def _mailed(self, one: Subscriber, text: Any, key: str, leave: str) -> Outcome | None:
        """What became of a mail; None where the server itself does not answer: that is nobody's failure."""
        try:
            server = self._mail()
            if server is None:
                raise WrongAddress("未设置邮件服务器 / no mail server is set")
            sender = Sender("subscribers", to_one(server, one.address), clock=self._clock)
        except WrongAddress as wrong:
            outcome = Outcome(delivered=False, result="address")
            self.trouble = str(wrong)
        else:
            name = hashlib.sha256(f"{one.id}/{key}".encode()).hexdigest()[:32]
            outcome = sender.send(text, name, leave_headers(self._site, leave))
            is_theirs = outcome.delivered or outcome.result in NO_MAILBOX or outcome.result.startswith("SMTP 4")
            self.trouble = "" if is_theirs else outcome.result
        now = self._clock()
        if outcome.delivered:
            self._mail_took_at = now
        if not self.trouble:
            self._mail_failures, self._mail_not_before = 0, now
            return outcome
        self._mail_failures += 1
        self._mail_not_before = now + pause_after(self._mail_failures, self._chance())
        return None

    def _note(self, one: Subscriber, issue: Issue, outcome: Outcome, now: datetime) -> None:
        one.result = outcome.result
        if not (outcome.delivered or outcome.refused):
            self._again(one, outcome, now)
            return
        if outcome.delivered and one.kind is Kind.HOOK:
            digest = hashlib.sha256(issue_body(issue, self._site)).hexdigest()
            proof = Proof(issue.key, now, outcome.result, one.attempts + 1, digest)
            one.proofs = (*one.proofs, proof)[-MOST_PROOFS:]
        one.told_at = now if outcome.delivered else one.told_at
        one.refusals = 0 if outcome.delivered else one.refusals + 1
        one.attempts, one.not_before = 0, None
        one.told = {**one.told, issue.notice.id: issue.key if outcome.delivered else f"{issue.key}!"}
        if one.kind is Kind.MAIL and one.refusals >= MOST_REFUSALS and self._server_takes(now):
            self.all.drop(one.id)
            log.info("subscriber_let_go reason=refused")
            return
        self.all.keep(one)

    def _server_takes(self, now: datetime) -> bool:
        """Whether the server has taken something of late: one that refuses everybody says nothing of an address."""
        return self._mail_took_at is not None and timedelta(0) <= now - self._mail_took_at < LATELY

    def _again(self, one: Subscriber, outcome: Outcome, now: datetime) -> None:
        one.attempts += 1
        one.result = outcome.result
        one.not_before = now + pause_after(one.attempts, self._chance(), outcome.retry_after_s)
        self.all.keep(one)


def mail_server(home: Path, file: str, variable: str, environment: Mapping[str, str]) -> Secret | None:
    """The address of the server, None where none is set. Raises WrongAddress."""
    if not file and not variable:
        return None
    return address_of("subscribers", home, file, variable, environment)


def to_one(server: Secret, address: str) -> Secret:
    """The address by which *server* sends to *address* alone. Raises WrongAddress."""
    parts = urlsplit(server.reveal())
    asked = parse_qs(parts.query)
    if parts.scheme not in ("mailto", "mailtos") or parts.path.strip("/") or asked.keys() & {"to", "cc", "bcc"}:
        raise WrongAddress(
            "`subscribers`：地址形如 mailtos://…?from=…，不写收件人 / it names a server and `from`, no recipient"
        )
    joint = "&" if parts.query else "?"
    return Secret(f"{server.reveal()}{joint}to={quote(address, safe='')}")


def _is_due(one: Subscriber, issue: Issue) -> bool:
    """Whether *one* is to be told of *issue*: of what came since; of a withdrawal, whoever was told of the notice."""
    told = one.told.get(issue.notice.id, "").rstrip("!")
    if told == issue.key or one.confirmed_at is None or issue.at < one.confirmed_at:
        return False
    return bool(told) or not issue.notice.current.withdrawn


def _posted(one: Subscriber, body: bytes, key: str, now: datetime) -> Outcome:
    try:
        return Webhook(Secret(one.address), Secret(one.secret)).post(body, key, int(now.timestamp()))
    except (WrongAddress, ValueError):
        return Outcome(delivered=False, result="address")


def _hook_facts(one: Subscriber) -> dict[str, Any]:
    host = urlsplit(one.address).hostname or ""
    return {
        "id": one.id,
        "name": one.name,
        "host": host,
        "by": one.by,
        "since": one.asked_at.isoformat(),
        "attempts": one.attempts,
        "result": one.result,
        "next": one.not_before.isoformat() if one.not_before else None,
        "proofs": [
            {"issue": p.issue, "at": p.at.isoformat(), "result": p.result, "attempts": p.attempts, "sha256": p.sha256}
            for p in reversed(one.proofs)
        ],
    }
