"""The hotline of a bureau: the real one, over a folder of its own with keys, a log, and what was published."""

from dataclasses import dataclass, field

from policies.digest import Digester
from policies.keys.epochs import Epoch, digest_key_path, digester_in, epochs_path, write_epochs
from policies.keys.key_files import Signer, Verifier, make_secret
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent
from siem.record.log import StartId
from siem.record.reader import beginning_of, follow
from tests.incident.office import TEN, Office
from yingbi.home import Home
from yingbi.hotline import Hotline
from yingbi.look_ups import PersonLookUps
from yingbi.publish.affected import AffectedPublisher


@dataclass
class Exchange:
    """What stands behind the telephone desk."""

    office: Office
    home: Home
    desk: Hotline = field(init=False)
    _seen: int = 0

    def __post_init__(self) -> None:
        for folder in (self.home.keys, self.home.log):
            folder.mkdir(parents=True, exist_ok=True)
        make_secret(self.home.private_key("permits"))
        if not epochs_path(self.home.keys).exists():
            epochs_path(self.home.keys).write_bytes(
                write_epochs([Epoch("1"), Epoch("2", TEN.replace(month=6), "known")])
            )
            for epoch in ("1", "2"):
                make_secret(digest_key_path(self.home.keys, epoch))
        self.restart()

    def restart(self) -> None:
        """Forget what is not on the disk."""
        look_ups = PersonLookUps(self.home, self.office.watch)
        verifier = Verifier(self.signer.public_bytes)
        self.desk = Hotline(self.home.published, self.home.log, verifier, look_ups, self.office.watch)

    @property
    def signer(self) -> Signer:
        return Signer(self.home.private_key("permits"))

    @property
    def digester(self) -> Digester:
        return digester_in(self.home.keys, self.office.watch())

    def tell(self) -> None:
        """Count whom the incidents affect that the public was told of, and publish that."""
        self.home.published.mkdir(parents=True, exist_ok=True)
        publisher = AffectedPublisher(
            folder=self.home.published,
            signer=self.signer,
            cases=self.office.cases,
            events=self.office.events,
            canaries=frozenset,
            clock=self.office.watch,
            site="https://notices.yingbi.example",
            phone="0570-8765000",
        )
        publisher.step()
        publisher.step()

    def forget(self) -> None:
        """Let `recorded` begin anew."""
        self._seen += len(self.recorded)

    @property
    def recorded(self) -> list[AccessEvent]:
        """What is in the log, the oldest first."""
        starts = sorted(path.name for path in self.home.log.iterdir())
        found = [
            from_ecs(each)
            for start in starts
            for each, _ in follow(self.home.log / start, beginning_of(StartId(start)))
        ]
        return found[self._seen :]
