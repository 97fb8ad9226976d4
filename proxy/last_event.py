"""What a system is told of the last event that a caller has of a stream: only what is declared of ids. Pure."""

from policies.ask import opened_key
from policies.formats.event_stream import tells_nothing
from policies.keys.data_keys import BadToken
from policies.links import Links
from policies.program import OperationRule
from policies.transforms.handle import Holder, holds_handle
from proxy.message import Request


def last_event_of(request: Request, operation: OperationRule, holder: Holder, links: Links) -> str:
    """The `Last-Event-ID` to send on, or "" for none: the stream then begins anew, as for who asks the first time.

    Where ids are keys that *links* hide, only a handle counts. Raises BadToken for one that does not open for *holder*.
    """
    events, said = operation.answers.events, request.headers.get("last-event-id", [])
    if events is None or len(said) != 1 or not said[0]:
        return ""
    if events.id_of and links.hides(events.id_of):
        key = opened_key(said[0], events.id_of, holder)
        if not (key.isascii() and key.isprintable()):
            raise BadToken
        return key
    return said[0] if (events.shows_id or events.id_of) and tells_nothing(said[0]) and not holds_handle(said[0]) else ""
