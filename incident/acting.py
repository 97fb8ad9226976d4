"""How people act on cases: what they wrote is checked, what they decided recorded, and what follows from it."""

from collections.abc import Callable, Collection, Sequence

from incident import merging
from incident.contact import digits_of
from incident.engine import Engine
from incident.ids import CaseId, NotPermitted, PersonId, person
from incident.incident import Case
from incident.journal import Fact
from policies.recognisers.category_names import names_of


class Acting(Engine):
    """An engine that people act on. Whoever acts is named by the human they are."""

    def record(
        self,
        case: CaseId,
        by: PersonId,
        decide: Callable[[Case], Sequence[Fact]],
        *texts: str,
        public: Collection[str] = (),
    ) -> None:
        """Record what *decide* adds to the case, of which *texts* were written by *by*; *public*: see `check_text`."""
        self.check_text(*texts, public=public)
        self.ledger.refresh()
        self.ledger.record(case, lambda known: _in_it(known, decide), at=self.now(), by=person(by))
        self.carry_on(case)

    def check_text(self, *texts: str, public: Collection[str] = ()) -> None:
        """INVARIANT 3: what people write into a journal stays there for ever, so it holds no personal data.

        *public*: the digits of numbers that everybody may call.
        """
        for text in texts:
            for hit in self._scan(text):
                if digits_of(text[hit.start : hit.end]) not in public:
                    where = f"{hit.start + 1}-{hit.end}"
                    zh, en = names_of(hit.category)
                    raise NotPermitted(
                        f"文字中疑似有个人信息（{zh}，第 {where} 字），请删去后再提交",
                        f"the text seems to hold personal data ({en}, characters {where}): leave it out",
                    )


def _in_it(case: Case, decide: Callable[[Case], Sequence[Fact]]) -> Sequence[Fact]:
    merging.needs_unmerged(case)
    return decide(case)
