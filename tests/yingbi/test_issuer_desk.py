"""The keys of issuers as they are fetched from a real provider: rotated, refused, kept, and published for workers."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from policies.keys.key_files import Signer, Verifier, make_secret
from policies.program_callers import SourceRule
from proxy.board import Board
from proxy.published import read_published_issuers
from tests.policies.compiled import program
from tests.provider import DISCOVERY, HttpsProvider, jwk_of, new_key, providing
from tests.proxy.credentials import ISSUER
from yingbi.issuer_desk import AGAIN_S, IssuerDesk, Place, sources_in

OLD, NEW = new_key(), new_key()
OVERLAP_S = 600


@dataclass
class Running:
    """A desk over a real provider, and a clock of its own."""

    folder: Path
    provider: HttpsProvider
    refresh_s: int = 3600
    passed_s: float = 0.0

    def __post_init__(self) -> None:
        make_secret(self.folder / "issuers.key")
        self.board = Board(self.folder / "board")
        self.signer = Signer(self.folder / "issuers.key")
        self.sources = {self.place: self.source()}
        self.began = time.time()
        self.desk = self.begin()

    def begin(self) -> IssuerDesk:
        """The process, started anew."""
        return IssuerDesk(
            folder=self.folder / "published",
            board=self.board,
            signer=self.signer,
            trusted=self.provider.trusted,
            sources=lambda: self.sources,
            clock=lambda: self.began + self.passed_s,
            uptime_ns=lambda: int((1000 + self.passed_s) * 1e9),
        )

    @property
    def place(self) -> Place:
        return ISSUER, f"{self.provider.address}{DISCOVERY}"

    def source(self) -> SourceRule:
        return SourceRule(self.place[1], is_discovery=True, refresh_s=self.refresh_s, overlap_s=OVERLAP_S)

    def after(self, seconds: float) -> dict[str, float]:
        """The ids of the keys that are published *seconds* later, each with its end: 0, or from the beginning on."""
        self.passed_s += seconds
        self.desk.step()
        table = read_published_issuers(self.folder / "published", Verifier(self.signer.public_bytes))
        assert self.board.issuers == table.generation
        return {
            json.loads(key.jwk).get("kid", ""): key.until and key.until - self.began
            for issuer in table.issuers
            for key in issuer.keys
        }

    @property
    def troubles(self) -> list[str]:
        return [fact["trouble"] for fact in self.desk.facts()]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with providing(tmp_path / "tls", old=OLD) as provider:
        yield Running(tmp_path, provider)


def test_what_the_discovery_document_leads_to_is_published(running: Running) -> None:
    assert running.after(0) == {"old": 0}
    assert running.provider.asked == [DISCOVERY, "/keys"]
    assert running.desk.facts() == [{"issuer": ISSUER, "keys": 1, "fetched_at": running.began, "trouble": ""}]


def test_keys_may_be_fetched_without_a_discovery_document(running: Running) -> None:
    address = f"{running.provider.address}/keys"
    running.sources = {(ISSUER, address): SourceRule(address, is_discovery=False, refresh_s=60, overlap_s=0)}
    assert running.after(0) == {"old": 0}
    assert running.provider.asked == ["/keys"]


def test_it_is_asked_as_often_as_declared_and_no_more_is_published_than_has_changed(running: Running) -> None:
    running.after(0)
    generation = running.board.issuers
    assert running.after(3599) == {"old": 0}
    assert len(running.provider.asked) == 2
    assert running.after(1) == {"old": 0}
    assert len(running.provider.asked) == 4
    assert running.board.issuers == generation


def test_a_key_that_has_gone_counts_for_the_declared_overlap(running: Running) -> None:
    running.after(0)
    running.provider.keys = {"new": NEW}
    assert running.after(3600) == {"new": 0, "old": 3600 + OVERLAP_S}
    assert running.after(OVERLAP_S - 1) == {"new": 0, "old": 3600 + OVERLAP_S}
    assert running.after(1) == {"new": 0}
    running.passed_s = 0  # a clock that is set back
    assert running.after(0) == {"new": 0}


def test_a_key_that_comes_back_counts_as_before(running: Running) -> None:
    running.after(0)
    running.provider.keys = {"new": NEW}
    running.after(3600)
    running.desk.sources = lambda: {running.place: SourceRule(running.place[1], True, 1, OVERLAP_S)}
    running.provider.keys = {"new": NEW, "old": OLD}
    assert running.after(60) == {"new": 0, "old": 0}


def test_an_id_stands_for_its_new_key_alone(running: Running) -> None:
    running.after(0)
    running.provider.keys = {"old": NEW}
    assert running.after(3600) == {"old": 0}
    (issuer,) = read_published_issuers(running.folder / "published", Verifier(running.signer.public_bytes)).issuers
    assert [json.loads(key.jwk) for key in issuer.keys] == [jwk_of(NEW, "old")]


def test_an_empty_set_says_that_no_key_counts(running: Running) -> None:
    running.after(0)
    running.provider.keys = {}
    assert running.after(3600) == {"old": 3600 + OVERLAP_S}
    assert running.after(OVERLAP_S) == {}


SECRET = {**jwk_of(NEW, "new"), "d": "c2VjcmV0"}
REFUSED = {
    "another issuer": (
        DISCOVERY,
        {"issuer": "https://id.example/", "jwks_uri": "https://localhost/"},
        "another-issuer",
    ),
    "no issuer": (DISCOVERY, {"jwks_uri": "https://localhost/"}, "bad-discovery"),
    "an issuer that is none": (DISCOVERY, {"issuer": [ISSUER], "jwks_uri": "https://localhost/"}, "another-issuer"),
    "keys in plain sight": (DISCOVERY, {"issuer": ISSUER, "jwks_uri": "http://localhost/keys"}, "bad-discovery"),
    "keys in a file": (DISCOVERY, {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"}, "bad-discovery"),
    "keys nowhere": (DISCOVERY, {"issuer": ISSUER, "jwks_uri": 7}, "bad-discovery"),
    "no document": (DISCOVERY, [], "bad-discovery"),
    "no set": ("/keys", {"keys": {}}, "too-many-keys"),
    "too many": ("/keys", {"keys": [jwk_of(NEW, str(number)) for number in range(33)]}, "too-many-keys"),
    "a private key": ("/keys", {"keys": [SECRET]}, "secret-in-keys"),
    "a secret for HMAC": ("/keys", {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "new"}]}, "secret-in-keys"),
    "two of one id": ("/keys", {"keys": [jwk_of(OLD, "new"), jwk_of(NEW, "new")]}, "duplicate"),
    "none that could check": ("/keys", {"keys": [{**jwk_of(NEW, "new"), "use": "enc"}]}, "bad-keys"),
    "one that is no key": ("/keys", {"keys": [jwk_of(NEW, "new"), 7]}, "bad-keys"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_found_wanting_leaves_the_last_good_keys(running: Running, case: str) -> None:
    path, document, code = REFUSED[case]
    running.after(0)
    running.provider.documents[path] = json.dumps(document).encode()
    assert running.after(3600) == {"old": 0}
    assert running.troubles == [code]
    running.provider.documents.clear()
    running.provider.keys = {"new": NEW}
    assert "new" in running.after(AGAIN_S)  # sooner than a look at one that answers
    assert running.troubles == [""]


def test_a_provider_that_is_down_leaves_the_last_good_keys(running: Running) -> None:
    running.after(0)
    running.provider.is_down = True
    assert running.after(3600) == {"old": 0}
    assert running.after(100_000) == {"old": 0}
    assert running.troubles == ["not-reached"]


def test_a_missing_key_is_looked_for_but_not_at_every_word(running: Running) -> None:
    running.after(0)
    running.provider.keys["new"] = NEW
    running.board.miss()
    running.desk.uptime_ns = lambda: running.board.missed_ns - 1  # the miss came after the last look
    running.desk._looked_ns[running.place] = running.board.missed_ns - int((AGAIN_S - 1) * 1e9)
    assert running.after(0) == {"old": 0}
    running.desk._looked_ns[running.place] = running.board.missed_ns - int((AGAIN_S + 1) * 1e9)
    assert running.after(0) == {"old": 0, "new": 0}
    for _ in range(50):
        running.board.miss()
        running.desk.step()
    assert len(running.provider.asked) == 4


def test_a_process_that_is_started_anew_goes_on_from_what_is_published(running: Running) -> None:
    running.after(0)
    running.provider.keys = {"new": NEW}
    running.desk = running.begin()
    assert running.after(3600) == {"new": 0, "old": 3600 + OVERLAP_S}
    running.provider.is_down = True
    running.desk = running.begin()
    assert running.after(OVERLAP_S) == {"new": 0}


def test_what_was_tampered_with_is_published_anew(running: Running) -> None:
    running.after(0)
    (running.folder / "published" / "issuers.json").write_text("{}")
    running.desk = running.begin()
    before = running.board.issuers
    assert running.after(1) == {"old": 0}
    assert running.board.issuers > before


def test_an_issuer_that_is_not_declared_any_more_is_forgotten(running: Running) -> None:
    running.after(0)
    running.sources = {}
    assert running.after(1) == {}
    assert running.desk.facts() == []


def test_where_two_systems_differ_the_stricter_counts() -> None:
    people = program()
    (issuer,) = people.issuers
    address = "https://id.example/keys"
    both = [
        replace(people, issuers=(replace(issuer, source=SourceRule(address, False, refresh_s, overlap_s)),))
        for refresh_s, overlap_s in ((60, 900), (3600, 0))
    ]
    assert sources_in([people, *both]) == {(issuer.issuer, address): SourceRule(address, False, 60, 0)}
