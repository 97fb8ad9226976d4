"""The people's system with streams declared: what is said a piece at a time, over either version of HTTP."""

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.gateway import GOOD
from tests.rig import Rig, rigged
from tests.scripted import Asked, Connection, Script

OPERATIONS = """
  - on: GET /people/stream
    answers:
      events:
        idle_s: 5
        id: {key_of: person}
        data:
          message: {json: {/items/*: {record: person}}}
          note: {text: scan}
          line: {text: scan, whole: true}
          row: {json: person, whole: true}
  - on: GET /assistant
    parameters: {topic: any}
    answers:
      events:
        id: any
        data:
          message:
            json:
              /id: public
              /choices/*/index: public
              /choices/*/delta/role: public
              /choices/*/delta/content: scan
              /choices/*/finish_reason: public
              /person: {record: person}
            joined: [/choices/*/delta/content]
            by: index
            literals: ["[DONE]"]
            ends: {/choices/*/finish_reason: [stop]}
  - on: GET /people/live
    websocket:
      subprotocols: [people.v1]
      idle_s: 5
      largest_kib: 4
      messages: {json: {/items/*: {record: person}}, literals: [pong]}
      sent: {json: person}
  - on: GET /people/talk
    websocket:
      messages: {text: scan}
      sent: {text: scan}
  - on: GET /people/watch
    websocket:
      messages: {json: {/text: scan}, joined: [/text]}
"""


def declare_streams(folder: Path, more: str = OPERATIONS) -> Path:
    """The good policies, in *folder*, with operations that stream."""
    shutil.copytree(GOOD, folder)
    system = folder / "systems" / "people.yaml"
    # A literal path goes before `/people/{id}` wherever it stands.
    text = system.read_text("utf-8").replace("\nerrors:", f"{more}errors:").replace("search: [city]", "key: [id_no]")
    system.write_text(text, "utf-8")
    return folder


@contextlib.contextmanager
def streaming(folder: Path, **options: object) -> Iterator[Rig]:
    """A gateway whose people's system streams."""
    with rigged(folder / "gateway", policies=declare_streams(folder / "policies"), **options) as made:
        yield made


def flowing(pieces: Iterable[bytes], content_type: str = "text/event-stream", *, end: bytes = b"0\r\n\r\n") -> Script:
    """A script that answers with a chunk for each of *pieces*, and ends with *end*; b"" breaks off."""

    def script(connection: Connection, asked: Asked) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.say(head.encode())
        for piece in pieces:
            connection.say(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.say(end)
        if not end:
            connection.close()

    return script
