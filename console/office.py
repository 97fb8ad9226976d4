"""What the console stands on: the composition root makes it and hands it over. Nothing here opens or starts a thing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.accounts import Accounts
from console.alerts.book import AlertBook
from console.api.repeats import Repeats
from console.api.tokens import ApiTokens
from console.hotline_desk import HotlineDesk
from console.installation import Installation, ProgramVersion
from console.permits.book import PermitBook
from console.playbooks.book import PlaybookBook
from console.policy.life import PolicyLife
from console.policy.state import Draft
from console.rules.book import RuleBook
from console.rules.trials import RuleTrials
from console.search.book import SearchBook
from console.search.look_up import LookUps
from console.subscriber_desk import SubscriberDesk
from incident.cases import Cases
from incident.drill_plan import DrillPlan
from incident.evidence_book import EvidenceBook
from incident.ids import Bilingual
from incident.rendition import Rendition
from policies.program import Program
from policies.snapshot import Snapshot
from siem.detect.alert import AlertId, AlertStore
from siem.detect.precision import REVIEW_BELOW
from siem.detect.silence import SilenceStore
from siem.index.store import EventStore
from siem.notify.delivery import Delivery
from siem.record.event import EventId

type Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything that pages show and forms act on."""

    cases: Cases
    alerts: AlertStore
    """Read only."""
    alert_book: AlertBook
    """What became of the alerts."""
    silences: SilenceStore
    events: EventStore
    """Read only."""
    accounts: Accounts
    tokens: ApiTokens
    repeats: Repeats
    """What programs asked for before."""
    state: Callable[[], Installation]
    """How the installation stands now. It is asked for each page, so it must not wait for anything."""
    now: Clock
    bulletin_url: str
    """Where the public site is, without a slash at the end."""
    policies: PolicyLife
    permits: PermitBook
    """Who was let see more, and what was held of it."""
    rules: RuleBook
    """The detection rules in force, and what is proposed."""
    trials: RuleTrials
    playbooks: PlaybookBook
    """The playbooks of others, and who agreed to them."""
    searches: SearchBook
    """The searches that people keep, and what was taken out."""
    look_ups: LookUps
    """Who records that a person is looked up, and makes digests."""
    hotline: HotlineDesk
    """Who answers callers whether an incident affects them."""
    folder: Callable[[], Snapshot]
    """The files that lie in the folder of policies. Raises UnfitFiles and OSError."""
    notice_file: Callable[[Rendition, str], bytes]
    """A rendition of a notice as a file of that format."""
    version_of: Callable[[str, datetime], ProgramVersion | None] = lambda program, at: None
    """The version that the program with this digest stood for at that time, as far as that is known."""
    rehearsal_of: Callable[[Draft], Sequence[Bilingual]] = lambda draft: ()
    """What a rehearsal of a draft came to, a sentence each; nothing where there was none."""
    program_of: Callable[[str], Program | None] = lambda digest: None
    """The program with this digest, of whatever time; None where it is gone."""
    review_below: int = REVIEW_BELOW
    """Percent: a rule that is right less often is proposed for review."""
    evidence: EvidenceBook | None = None
    """Where evidence is kept; None: nowhere."""
    drills: Sequence[DrillPlan] = ()
    """The drills that are planned."""
    press_template: str = "bulk-retrieval"
    """The notice that a case is given of which neither a draft nor a playbook says another."""
    deliveries_of: Callable[[AlertId], Sequence[Delivery] | None] = lambda alert: ()
    """Who was told of an alert, and whether it has arrived; None where that cannot be read now."""
    is_kept: Callable[[EventId], bool] = lambda event: True
    """Whether the event is in the log of this machine still, and not in its copies alone."""
    person_sources: Callable[[], Sequence[str]] = lambda: ()
    """The systems that can say who a person of an incident is, by name."""
    person_part: Callable[[str], bytes | None] = lambda name: None
    """The file of that name of a list of persons, encrypted; None where there is none."""
    plant: Callable[[int], bytes] | None = None
    """Makes so many invented people, a sight of whom is an alarm, as a table. Raises NotPermitted; None: nobody."""
    subscribers: SubscriberDesk | None = None
    """Who is told of notices; None: nobody but by the feeds."""
    reasons: Mapping[str, Bilingual] = field(default_factory=dict)
    """What the codes mean by which events say why something was withheld; a code without words is shown as it is."""
