"""The data directory: what lies where. Whoever owns it can read all of it, so it is closed to everybody else."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one installation."""

    root: Path

    @property
    def settings(self) -> Path:
        """What the operator can set; see `yingbi.settings`."""
        return self.root / "yingbi.toml"

    @property
    def policies(self) -> Path:
        """What the security officers write: catalogue, grants, callers, one file for each system."""
        return self.root / "policies"

    @property
    def playbooks(self) -> Path:
        """Playbooks that were taken in from others, as they came."""
        return self.root / "playbooks"

    @property
    def playbook_signers(self) -> Path:
        """Public keys in PEM, a file each, whose signatures of playbooks count."""
        return self.playbooks / "trusted"

    @property
    def keys(self) -> Path:
        """Every key, each a file of 0600."""
        return self.root / "keys"

    @property
    def keyrings(self) -> Path:
        """The keyring of each system."""
        return self.keys / "rings"

    @property
    def key_journal(self) -> Path:
        """What became of the keys, and why: outlasts the loss of the keys themselves."""
        return self.root / "key-journal.jsonl"

    @property
    def tls(self) -> Path:
        """The authority and the certificates made by it."""
        return self.root / "tls"

    @property
    def authority(self) -> Path:
        """What a client has to trust."""
        return self.tls / "ca.pem"

    @property
    def authorities(self) -> Path:
        """Authorities that systems name, a folder each: whose certificates callers show, or systems behind."""
        return self.tls / "authorities"

    @property
    def host_certificates(self) -> Path:
        """Certificates for some hosts, in place of that of our own authority."""
        return self.tls / "certificates"

    @property
    def client_certificates(self) -> Path:
        """The gateway's own certificates, by which systems behind know it."""
        return self.tls / "clients"

    @property
    def published(self) -> Path:
        """Programs and overlay, for the workers."""
        return self.root / "published"

    @property
    def release(self) -> Path:
        """The policy that two people agreed on, for the supervisor. Only the control process writes it."""
        return self.published / "release.json"

    @property
    def publications(self) -> Path:
        """Which programs were published for which version of the policy, a line each. The supervisor adds to it."""
        return self.published / "publications.jsonl"

    @property
    def asked(self) -> Path:
        """What callers ask to see, a file each, until it is decided. Workers write there."""
        return self.root / "asked"

    @property
    def log(self) -> Path:
        """The access log: the truth."""
        return self.root / "log"

    @property
    def seals(self) -> Path:
        """What vouches for the access log. Only the sealer writes it."""
        return self.root / "seals" / "seals.jsonl"

    @property
    def seal_key(self) -> Path:
        """Signs the next seal and is gone after it: in no backup, for it would seal the past from there."""
        return self.seals.with_name("seal.key")

    @property
    def verified(self) -> Path:
        """What `yingbi log verify` found last, for the console to show."""
        return self.root / "verified.json"

    @property
    def imports(self) -> Path:
        """Which files of events were brought into the log, by their SHA-256."""
        return self.root / "imports.jsonl"

    @property
    def brought_in(self) -> Path:
        """Which events they were, by digest: a file for each start that came so."""
        return self.root / "imports"

    @property
    def inventory(self) -> Path:
        """What was seen of systems that are being learnt, a file for each worker. No values."""
        return self.root / "inventory"

    @property
    def disagreements(self) -> Path:
        """What a draft would have done otherwise, a file for each worker. Counts only."""
        return self.root / "disagreements"

    @property
    def nonces(self) -> Path:
        """Which signed requests have been taken in the last minutes. Only the workers write there."""
        return self.root / "nonces"

    @property
    def ended_sessions(self) -> Path:
        """Which sessions of systems behind have ended early. Only the workers write there."""
        return self.root / "ended-sessions"

    @property
    def quota(self) -> Path:
        """Of whom each caller was shown something in the last day. Only the quota process writes there. Digests."""
        return self.root / "quota"

    @property
    def quota_password(self) -> Path:
        """The password for the database of the quota, where it asks for one. The operator writes it."""
        return self.keys / "quota-database.password"

    @property
    def spool(self) -> Path:
        """Exports as they were shown, masked, in files without a name. Only the workers write there."""
        return self.root / "spool"

    @property
    def index(self) -> Path:
        """What can be rebuilt from the log: the index of events and how far it has come."""
        return self.root / "index"

    @property
    def events(self) -> Path:
        """The index of events, where it is SQLite: a file for each day."""
        return self.index / "events"

    def positions(self, index: str) -> Path:
        """How far the log has come into the index of this kind."""
        return self.index / f"positions-{index}.db"

    @property
    def alerts(self) -> Path:
        """The alerts. Only the siem process writes the file."""
        return self.root / "alerts.db"

    @property
    def baselines(self) -> Path:
        """What the baselines found, and up to when they have judged. Only the baselines process writes the file."""
        return self.root / "baselines.db"

    @property
    def custom(self) -> Path:
        """Who sees many people as ordinary work, for rules to ask. Only the baselines process writes the file."""
        return self.root / "custom.json"

    @property
    def excused(self) -> Path:
        """Whose usual range is wider for some weeks, for the baselines. Only the control process writes the file."""
        return self.root / "excused.json"

    @property
    def notifications(self) -> Path:
        """What is to be told of alerts, and what became of it. Only the notifier writes the file."""
        return self.root / "notifications.db"

    @property
    def silences(self) -> Path:
        """For whom rules are silenced, until when and why. Only the control process writes the file."""
        return self.root / "silences.db"

    @property
    def state(self) -> Path:
        """Cases and accounts. Only the control process writes the file."""
        return self.root / "state.db"

    @property
    def evidence(self) -> Path:
        """The evidence of cases, encrypted. Only the control process writes it."""
        return self.root / "evidence"

    @property
    def notices(self) -> Path:
        """The published notices, the public key that they are signed with, and nothing else."""
        return self.root / "notices"

    @property
    def subscribers(self) -> Path:
        """Who is told of notices, encrypted. Only the process of that name writes it."""
        return self.root / "subscribers"

    @property
    def subscriptions_asked(self) -> Path:
        """What is asked of that process, a file each, encrypted to it: by the public site."""
        return self.root / "subscriptions-asked"

    @property
    def webhooks_asked(self) -> Path:
        """The same, by the console."""
        return self.root / "webhooks-asked"

    @property
    def rules(self) -> Path:
        """Detection rules of the installation's own; one called like a rule that comes with us stands in its place."""
        return self.root / "rules"

    @property
    def reasons(self) -> Path:
        """Of which systems look-ups have to have a reason, and who tells of cases: a declaration for each."""
        return self.root / "reasons"

    @property
    def duties(self) -> Path:
        """Legal duties of the installation's own, beside or in the place of those that come with us."""
        return self.root / "duties"

    @property
    def reason_store(self) -> Path:
        """The cases that those systems tell of, and lists of people, by digest. Only the siem process writes it."""
        return self.root / "reasons.db"

    @property
    def person_sources(self) -> Path:
        """Which systems say who a person of an incident is, and how they are read: a declaration for each."""
        return self.root / "person-sources"

    @property
    def person_lists(self) -> Path:
        """Lists of persons to tell, encrypted, and how far they are: digests. Only the control process writes there."""
        return self.root / "person-lists"

    @property
    def told_reasons(self) -> Path:
        """What was imported of them and waits for the siem process, a file each. Digests only."""
        return self.root / "told-reasons"

    @property
    def first_passwords(self) -> Path:
        """The passwords that the first accounts were made with, for the owner's eyes."""
        return self.root / "first-passwords.txt"

    @property
    def canaries(self) -> Path:
        """Digests of the canary records."""
        return self.root / "canaries.txt"

    @property
    def demo(self) -> Path:
        """The demo systems with their data, and the credentials of the people of the demo."""
        return self.root / "demo"

    @property
    def search(self) -> Path:
        """The Elasticsearch node."""
        return self.root / "elasticsearch"

    @property
    def run(self) -> Path:
        """What the running processes tell each other. Nothing that is needed after they ended."""
        return self.root / "run"

    @property
    def lock(self) -> Path:
        """Held by the supervisor as long as it runs."""
        return self.run / "lock"

    @property
    def hastened(self) -> Path:
        """Asks the siem process to offer every dead letter to the index again; it removes the file."""
        return self.run / "offer-letters"

    def told(self, by: str) -> Path:
        """What a process tells the others of itself: `supervisor`, `siem`, `control` and so on; see `yingbi.told`."""
        return self.run / f"{by}.json"

    @property
    def board(self) -> Path:
        """The control board of the workers."""
        return self.run / "board"

    @property
    def quota_socket(self) -> Path:
        """Where the quota process answers the workers."""
        return self.run / "quota.socket"

    @property
    def requests(self) -> Path:
        """How often callers have asked in the last minute, for all workers."""
        return self.run / "requests"

    def counters(self, worker: int) -> Path:
        """The counters of one worker."""
        return self.run / f"counters-{worker}"

    def measured(self, worker: int) -> Path:
        """What one worker has measured for each system; goes with its counters."""
        return self.run / f"counters-{worker}-measured.json"

    @property
    def said(self) -> Path:
        """What the processes say of themselves, a file each."""
        return self.root / "said"

    def private_key(self, name: str) -> Path:
        """A secret: `program`, `overlay`, `release`, `permits`, `issuers`, `notices`, `digest-1`, `fields`."""
        return self.keys / f"{name}.key"

    def public_key(self, name: str) -> Path:
        """The public half of a signing key."""
        return self.keys / f"{name}.pub"
