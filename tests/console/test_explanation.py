"""What an event's page says of a field."""

from datetime import UTC, datetime

from console.explanation import explained
from siem.record.event import Disclosure, FieldUse
from tests.siem.events import event


def test_what_was_found_says_what_decided_in_chinese() -> None:
    told = (("checksum,context", 1_200), ("pattern", 2))
    use = FieldUse(
        name="text",
        category="mobile",
        transform="redact",
        disclosure=Disclosure.NONE,
        rule="default",
        grant=None,
        count=1_202,
        whys=told,
    )
    (found,) = explained(event(1, fields=(use,)), None, datetime(2026, 11, 27, tzinfo=UTC))
    assert found.whys == "校验位正确，旁边的词说明 1,200；格式符合 2"
