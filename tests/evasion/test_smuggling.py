"""Request smuggling: whatever two servers could split or read differently reaches no system behind."""

import json

import pytest
from h2.events import ConnectionTerminated, StreamEnded, StreamReset

from tests.gateway import raw
from tests.http2 import calling
from tests.rig import Rig, ended
from tests.scripted import answering

HOST = "Host: people.localhost\r\n"
CLOSE = "Connection: close\r\n"
HEAD = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people"}
POST = {**HEAD, ":method": "POST", "content-type": "application/json"}


def both(line: str) -> str:
    """A length and *line*, which may say that there are chunks."""
    return f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}Content-Length: 6\r\n{line}\r\n0\r\n\r\nX"


def posted(lines: str, body: str = "") -> str:
    return f"POST /people HTTP/1.1\r\n{HOST}{CLOSE}{lines}\r\n{body}"


def got(line: str, *headers: str) -> str:
    return "\r\n".join([line, HOST.strip(), CLOSE.strip(), *headers, "", ""])


TE = "Transfer-Encoding"
BOTH = {
    "chunked": f"{TE}: chunked\r\n",
    "chunked in capitals": f"{TE.upper()}: CHUNKED\r\n",
    "a blank before the colon": f"{TE} : chunked\r\n",
    "a tab before the value": f"{TE}:\tchunked\r\n",
    "a vertical tab before the value": f"{TE}:\x0bchunked\r\n",
    "a form feed before the value": f"{TE}:\x0cchunked\r\n",
    "almost chunked": f"{TE}: xchunked\r\n",
    "quoted": f'{TE}: "chunked"\r\n',
    "nothing": f"{TE}:\r\n",
    "twice, the second no coding": f"{TE}: chunked\r\n{TE}: x\r\n",
    "twice, the first no coding": f"{TE}: x\r\n{TE}: chunked\r\n",
    "identity": f"{TE}: identity\r\n",
    "chunked and identity": f"{TE}: chunked, identity\r\n",
    "chunked twice": f"{TE}: chunked, chunked\r\n",
    "a comma behind": f"{TE}: chunked,\r\n",
    "a comma before": f"{TE}: ,chunked\r\n",
    "a parameter": f"{TE}: chunked;x\r\n",
    "gzip": f"{TE}: gzip, chunked\r\n",
    "folded": f"{TE}:\r\n chunked\r\n",
    "folded into another": f"X: y\r\n {TE}: chunked\r\n",
    "a blank before the name": f" {TE}: chunked\r\n",
    "behind a bare line feed": f"X: y\n{TE}: chunked\r\n",
    "behind a bare carriage return": f"X: y\r{TE}: chunked\r\n",
    "a NUL in the name": f"{TE}\0: chunked\r\n",
    "an underscore": "Transfer_Encoding: chunked\r\n",
    "a byte behind": f"{TE}: chunked\xff\r\n",
    "a letter that lowers to k": f"{TE}: chun\xe2\x84\xaaed\r\n",
    "a letter in the name that is none": "Transfer-Encodin\xc4\x9f: chunked\r\n",
    "a blank in the name that breaks no line": f"{TE}\xa0: chunked\r\n",
}  # fmt: skip
CL = "Content-Length"
LENGTHS = {
    "in hexadecimal": f"{CL}: 0x6\r\n", "a list": f"{CL}: 6, 6\r\n", "twice the same": f"{CL}: 6\r\n{CL}: 6\r\n",
    "negative": f"{CL}: -1\r\n", "a power": f"{CL}: 1e1\r\n", "in full width": f"{CL}: \xef\xbc\x96\r\n",
    "far too large": f"{CL}: {'9' * 30}\r\n", "nothing": f"{CL}:\r\n", "an underscore": "Content_Length: 6\r\n",
    "a blank before the colon": f"{CL} : 6\r\n", "a letter behind": f"{CL}: 6a\r\n", "digits in groups": f"{CL}: 1_0\r\n",
}  # fmt: skip
CHUNKS = {
    "a size in hexadecimal by name": "0x2\r\n{}\r\n0\r\n\r\n",
    "a negative size": "-2\r\n{}\r\n0\r\n\r\n",
    "a signed size": "+2\r\n{}\r\n0\r\n\r\n",
    "a blank before a size": " 2\r\n{}\r\n0\r\n\r\n",
    "digits in groups": "0_2\r\n{}\r\n0\r\n\r\n",
    "no size": "\r\n{}\r\n0\r\n\r\n",
    "a size beyond all numbers": "ffffffffffffffffffff2\r\n{}\r\n0\r\n\r\n",
    "a bare line feed behind a size": "2\n{}\r\n0\r\n\r\n",
    "a bare carriage return behind a size": "2\r{}\r\n0\r\n\r\n",
    "a line feed in an extension": "2;a\nb\r\n{}\r\n0\r\n\r\n",
    "no line end behind a chunk": "2\r\n{}0\r\n\r\n",
    "more than a chunk says": "2\r\n{}XX\r\n0\r\n\r\n",
    "trailers": "2\r\n{}\r\n0\r\nX-API-Key: a\r\n\r\n",
}
LINES = {
    **{
        f"chunks behind {name}": posted(f"{TE}: {line}\r\n", "2\r\n{}\r\n0\r\n\r\n")
        for name, line in {"a vertical tab": "\x0bchunked", "a form feed": "\x0cchunked"}.items()
    },
    "chunks before a vertical tab": posted(f"{TE}: chunked\x0b\r\n", "2\r\n{}\r\n0\r\n\r\n"),
    "a control before a value": got("GET /people HTTP/1.1", "X-Mine: \x1f1"),
    "a vertical tab behind a value": got("GET /people HTTP/1.1", "X-Mine: 1\x0b"),
    "two blanks": got("GET  /people HTTP/1.1"),
    "tabs": got("GET\t/people\tHTTP/1.1"),
    "a blank behind": got("GET /people HTTP/1.1 "),
    "a blank before": got(" GET /people HTTP/1.1"),
    "a blank in the target": got("GET /people x HTTP/1.1"),
    "an empty line before": "\r\n" + got("GET /people HTTP/1.1"),
    "a version in small letters": got("GET /people http/1.1"),
    "a version with a zero": got("GET /people HTTP/01.1"),
    "a version with two digits": got("GET /people HTTP/1.10"),
    "a version to come": got("GET /people HTTP/1.2"),
    "no slash": got("GET people HTTP/1.1"),
    "everything": got("OPTIONS * HTTP/1.1"),
    "another host in the target": got("GET http://other/people HTTP/1.1"),
    "a user in the target": got("GET http://a@people.localhost/people HTTP/1.1"),
    "another scheme": got("GET ws://people.localhost/people HTTP/1.1"),
    "a file": got("GET file:///people HTTP/1.1"),
    "a method that is too long": got(f"G{'E' * 20}T /people HTTP/1.1"),
    "line ends in the path": got("GET /people%0d%0aX:1 HTTP/1.1"),
    "line ends in a parameter": got("GET /people?page=%0aX HTTP/1.1"),
    "a slash that is too long": got("GET /%c0%afpeople HTTP/1.1"),
    "a path of other letters": got("GET /%ef%bd%90eople HTTP/1.1"),
    "a path with nothing to see": got("GET /people%e2%80%8b HTTP/1.1"),
    "a parameter of other letters": got("GET /people?%ef%bd%89d_no=4 HTTP/1.1"),
    "a parameter behind a reference": got("GET /people?page=1&amp;id_no=4 HTTP/1.1"),
    "a parameter behind two marks": got("GET /people??id_no=4 HTTP/1.1"),
    "a parameter behind a blank": got("GET /people?+id_no=4 HTTP/1.1"),
    "a parameter with a NUL": got("GET /people?id_no%00=4 HTTP/1.1"),
    "a parameter in brackets": got("GET /people?page[id_no]=1 HTTP/1.1"),
    "a request in a body": posted(f"{CL}: 40\r\n", "GET /people HTTP/1.1\r\nX: yyyyyyyyyyyyyyyy\r\n"),
    "the same behind a question": got("GET /people HTTP/1.1", f"{CL}: 2", "", "{}"),
    "a header before the first": f"GET /people HTTP/1.1\r\n Host: other\r\n{HOST}{CLOSE}\r\n",
    "the host twice": got("GET /people HTTP/1.1", HOST.strip()),
    "two hosts in one": f"GET /people HTTP/1.1\r\nHost: people.localhost, other\r\n{CLOSE}\r\n",
    "a port of letters": f"GET /people HTTP/1.1\r\nHost: people.localhost:abc\r\n{CLOSE}\r\n",
    "a path in the host": f"GET /people HTTP/1.1\r\nHost: people.localhost/x\r\n{CLOSE}\r\n",
    "a header without a name": got("GET /people HTTP/1.1", ": x"),
    "a bracket in a name": got("GET /people HTTP/1.1", "X(: 1"),
    "a blank in a name": got("GET /people HTTP/1.1", "X Y: 1"),
    "a letter in a name that is no ASCII": got("GET /people HTTP/1.1", "X\xc3\xa9: 1"),
    "quotes around a name": got("GET /people HTTP/1.1", '"X": 1'),
    "an escape in a value": got("GET /people HTTP/1.1", "X: \x1b[2J"),
    "a deletion in a value": got("GET /people HTTP/1.1", "X: \x7f"),
}  # fmt: skip
SHAPES = {
    **{f"a length and {name}": both(line) for name, line in BOTH.items()},
    **{f"a length that is {name}": posted(line, "123456") for name, line in LENGTHS.items()},
    **{f"chunks with {name}": posted(f"{TE}: chunked\r\n", body) for name, body in CHUNKS.items()},
    **LINES,
}


@pytest.mark.parametrize("case", SHAPES)
def test_nothing_of_it_is_sent_on(rig: Rig, case: str) -> None:
    """It is refused with one answer, or the connection ends without one where it is too late for any."""
    rig.behind.script = answering(b'{"total": 1}')
    rig.behind.asked.clear()
    before = len(rig.gateway.events())
    answer = raw(rig.gateway.port, SHAPES[case].encode("latin-1"))
    assert not rig.behind.asked
    assert answer.count(b"HTTP/1.1 ") == (0 if case.startswith("chunks with") else 1)
    if answer:
        assert answer[9:10] == b"4"
        assert ended(answer)
    (event,) = rig.gateway.events()[before:]
    assert event["yingbi"]["verdict"] == "withhold"
    assert "hook_failed" not in rig.gateway.said()


OVER_HTTP_2 = {
    "chunks": [*POST.items(), ("transfer-encoding", "chunked")],
    "a connection": [*HEAD.items(), ("connection", "close")],
    "an upgrade": [*HEAD.items(), ("upgrade", "h2c")],
    "a name in capitals": [*HEAD.items(), ("X-Mine", "1")],
    "a line end in a value": [*HEAD.items(), ("x-mine", "1\r\nHost: other")],
    "a line feed in a value": [*HEAD.items(), ("x-mine", "1\nx-api-key: 2")],
    "a NUL in a value": [*HEAD.items(), ("x-mine", "1\0")],
    "a line end in a name": [*HEAD.items(), ("x-mine: 1\r\nx-other", "1")],
    "a colon in a name": [*HEAD.items(), ("x-mine:", "1")],
    "a blank in a name": [*HEAD.items(), ("x mine", "1")],
    "an underscore in a name": [*HEAD.items(), ("x_mine", "1")],
    "a line end in the path": list({**HEAD, ":path": "/people HTTP/1.1\r\nHost: other\r\n\r\n"}.items()),
    "a blank in the path": list({**HEAD, ":path": "/people x"}.items()),
    "a host in the path": list({**HEAD, ":path": "http://other/people"}.items()),
    "an empty path": list({**HEAD, ":path": ""}.items()),
    "a line end in the method": list({**HEAD, ":method": "GET /x HTTP/1.1\r\nX: "}.items()),
    "a blank in the method": list({**HEAD, ":method": "GET /x"}.items()),
    "a line end in the host": list({**HEAD, ":authority": "people.localhost\r\nX: 1"}.items()),
    "a user in the host": list({**HEAD, ":authority": "a@people.localhost"}.items()),
    "another host beside": [*HEAD.items(), ("host", "other.localhost")],
    "two paths": [*HEAD.items(), (":path", "/other")],
    "two methods": [*HEAD.items(), (":method", "POST")],
    "a part of the line that is none": [*HEAD.items(), (":protocol", "websocket")],
    "the line behind a header": [("x-mine", "1"), *HEAD.items()],
    "no method": [pair for pair in HEAD.items() if pair[0] != ":method"],
    "a length of nothing": [*POST.items(), ("content-length", "5")],
    "two lengths": [*POST.items(), ("content-length", "0"), ("content-length", "5")],
    "CONNECT": [(":method", "CONNECT"), (":authority", "people.localhost")],
}  # fmt: skip


@pytest.mark.parametrize("case", OVER_HTTP_2)
def test_nothing_of_it_is_sent_on_over_http_2(secured_rig: Rig, case: str) -> None:
    """What HTTP/2 could carry and HTTP/1.1 could not is refused before it is written anew."""
    rig = secured_rig
    rig.behind.script = answering(b'{"total": 1}')
    rig.behind.asked.clear()
    with calling(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem") as caller:
        caller.speaking.send_headers(1, OVER_HTTP_2[case], end_stream=True)
        caller.say()
        caller.hear(ConnectionTerminated, StreamReset, StreamEnded)
    assert not rig.behind.asked
    assert "200" not in json.dumps([event["http"]["response"]["status_code"] for event in rig.gateway.events()])
