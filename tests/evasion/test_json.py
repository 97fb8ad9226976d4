"""JSON in every disguise: keys, numbers, escapes, nesting, and JSON that is none."""

import base64
import json
from typing import Any

import pytest

from tests.evasion.cases import JSON, PEOPLE, PEOPLE_MASKED, PERSON, TEXT, Case, check, shows, withholds
from tests.front import Front
from tests.rig import ID_NO, MOBILE, NAME


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def item(masked: str, **fields: Any) -> Case:
    """A record of *fields*, which is shown as *masked*."""
    return shows(json.dumps({"items": [fields]}, ensure_ascii=False), JSON, f'{{"items":[{masked}]}}')


def error(said: Any, masked: str) -> Case:
    """An error in whose free text *said* stands, which is shown as *masked*."""
    return shows(json.dumps({"error": said}, ensure_ascii=False), JSON, f'{{"error":{masked}}}', status=400)


ALIKE = f'{{"id":1,"name":"{NAME}","id_no":"{ID_NO}","mobile":"{MOBILE}"}}'
ALIKE_MASKED = '{"id":1,"name":"张**","id_no":"**************002X","mobile":"138****8000"}'
MANY = 40


def behind_many(last: str, masked: str) -> Case:
    """The record *last*, shown as *masked*, behind so many written alike that they are masked where they stand."""
    return shows(
        f'{{"items":[{",".join([*[ALIKE] * MANY, last])}]}}',
        JSON,
        f'{{"items":[{",".join([*[ALIKE_MASKED] * MANY, masked])}]}}',
    )


INNER = json.dumps({"id": 1, "phone": MOBILE, "no": ID_NO})
MASKED = {
    "letters escaped": shows(json.dumps({"items": [PERSON]}), JSON, PEOPLE_MASKED),
    "all letters escaped": shows(f'{{"items": [{{"name": "{escaped(NAME)}", "mobile": "{escaped(MOBILE)}"}}]}}', JSON, '{"items":[{"name":"张**","mobile":"138****8000"}]}'),
    "letters of a key escaped": shows(f'{{"items": [{{"na\\u006de": "{NAME}"}}]}}', JSON, '{"items":[{"name":"张**"}]}'),
    "a key twice": shows(f'{{"items": [{{"name": "x", "name": "{NAME}"}}]}}', JSON, '{"items":[{"name":"张**"}]}'),
    "a key twice, once escaped": shows(f'{{"items": [{{"name": "{NAME}", "n\\u0061me": "x"}}]}}', JSON, '{"items":[{"name":"***"}]}'),
    "space around": shows(b" \r\n\t" + PEOPLE + b"\n", JSON, PEOPLE_MASKED),
    "under other keys": shows(json.dumps({"data": {"items": [PERSON]}}), JSON, '{"data":{"items":[{"id":null,"name":"***","id_no":"***","mobile":"***","note":"***"}]}}'),
    "an object and no list": shows(json.dumps({"items": {"x": {"name": NAME}}}), JSON, '{"items":{"x":{"name":"张**"}}}'),
    "lists in the place of values": item('{"name":["张**",{"a":"***"}]}', name=[NAME, {"a": NAME}]),
    "an object in the place of a public value": item('{"city":{"name":"***","x":[null,null]}}', city={"name": NAME, "x": [int(MOBILE), True]}),
    "a number that is a mobile number": item('{"mobile":null,"x":null}', mobile=int(MOBILE), x=int(MOBILE)),
    "a number with an exponent": shows('{"items": [{"mobile": 1.3800138e10}]}', JSON, '{"items":[{"mobile":null}]}'),
    "a number of many digits": shows(f'{{"items": [{{"id_no": {ID_NO[:17]}0, "mobile": {MOBILE * 4}}}]}}', JSON, '{"items":[{"id_no":null,"mobile":null}]}'),
    "fields that nobody declared": item('{"nickname":"***","no":["***"]}', nickname=NAME, no=[ID_NO]),
    "JSON in a string that nobody declared": item('{"raw":"***"}', raw=INNER),
    "keys that tell": shows(json.dumps({ID_NO: 1, "items": [{MOBILE: 1, NAME: 2, f"m{MOBILE}": 3}]}), JSON, '{"***1":null,"items":[{"***1":null,"***2":null,"***3":null}]}'),
    "keys that tell, escaped": shows(f'{{"items": [{{"{escaped(MOBILE)}": 1}}]}}', JSON, '{"items":[{"***1":null}]}'),
    "keys that tell in base64": item('{"***1":null}', **{base64.b64encode(MOBILE.encode()).decode(): 1}),
    "keys that tell in hexadecimal digits": item('{"***1":null}', **{MOBILE.encode().hex(): 1}),
    "a text alone": shows(json.dumps(TEXT), JSON, '"***"'),
    "a number alone": shows(MOBILE, JSON, "null"),
    "JSON in free text": error(INNER, '"{\\"id\\": 1, \\"phone\\": \\"***\\", \\"no\\": \\"***\\"}"'),
    "JSON in JSON in free text": error(json.dumps(INNER), r'''"\"{\\\"id\\\": 1, \\\"phone\\\": \\\"***\\\", \\\"no\\\": \\\"***\\\"}\""'''),
    "JSON in free text, escaped": error(f'{{"phone":"{escaped(MOBILE)}"}}', '"{\\"phone\\":\\"***\\"}"'),
    "base64 in free text": error(base64.b64encode(INNER.encode()).decode(), '"***"'),
    "base64 in lines in free text": error(f"见\n{base64.encodebytes(b' ' * 52 + MOBILE.encode()).decode()}", '"见\\n***\\n"'),
    "a page in free text": error("<p>138<b>0013</b>8000</p>", '"<p>***</p>"'),
    "references in free text": error("".join(f"&#{ord(char)};" for char in MOBILE), '"***"'),
    "a number in free text": error(int(MOBILE), "null"),
    "a number in a list in free text": error([MOBILE, int(MOBILE)], '["***",null]'),
}  # fmt: skip

BEHIND_MANY = {
    "as all others": behind_many(ALIKE, ALIKE_MASKED),
    "in another order": behind_many(f'{{"name":"{NAME}","id":1}}', '{"name":"张**","id":1}'),
    "with a key twice": behind_many(ALIKE[:-1] + f',"name":"{NAME}丰"}}', ALIKE_MASKED),
    "with a key that is escaped": behind_many(ALIKE.replace("name", "n\\u0061me"), ALIKE_MASKED),
    "with a key more": behind_many(ALIKE[:-1] + f',"nickname":"{NAME}"}}', ALIKE_MASKED[:-1] + ',"nickname":"***"}'),
    "with a key that tells": behind_many(f'{{"{MOBILE}":1}}', '{"***1":null}'),
    "with an object for a public value": behind_many(f'{{"id":{{"x":"{NAME}"}}}}', '{"id":{"x":"***"}}'),
    "with a number for a text": behind_many(f'{{"id":1,"mobile":{MOBILE}}}', '{"id":1,"mobile":null}'),
    "with what separates records in a text": behind_many(ALIKE.replace(NAME, f"}},{{{NAME}"), ALIKE_MASKED.replace("张", "}")),
    "with blanks between": behind_many(ALIKE.replace(":", " : "), ALIKE_MASKED),
    "that is none": behind_many(f'"{NAME}"', '"***"'),
    "that is a list": behind_many(f"[{ALIKE}]", f"[{ALIKE_MASKED}]"),
}  # fmt: skip

UNREADABLE: dict[str, str | bytes] = {
    "cut off": PEOPLE[:-5],
    "more behind": PEOPLE + b"x",
    "two of them": PEOPLE + PEOPLE,
    "one to a line": PEOPLE + b"\n" + PEOPLE,
    "behind a separator": b"\x1e" + PEOPLE,
    "JSONP": b"callback(" + PEOPLE + b")",
    "behind a guard": b")]}',\n" + PEOPLE,
    "behind a loop": b"while(1);" + PEOPLE,
    "behind a comment": f"/* {TEXT} */ {{}}",
    "a comment within": f'{{"total": 1 // {TEXT}\n}}',
    "a comma too many": '{"items": [],}',
    "single quotes": f"{{'items': '{NAME}'}}",
    "keys without quotes": f'{{items: "{NAME}"}}',
    "NaN": '{"total": NaN}',
    "infinity": '{"total": -Infinity}',
    "a number that begins with zero": '{"total": 013800138000}',
    "a number in hexadecimal digits": '{"total": 0x3368d6510}',
    "a line end within a string": f'{{"total": "{NAME}\n"}}',
    "a control within a string": f'{{"items": [{{"city": "\x01{MOBILE}"}}]}}',
    "half a surrogate": '{"items": [{"name": "\\ud800"}]}',
    "an escape that is none": f'{{"items": [{{"city": "\\q{NAME}"}}]}}',
    "blanks that are none": b"\xc2\xa0" + PEOPLE,
    "nested deeply": "[" * 100 + f'"{MOBILE}"' + "]" * 100,
    "nested far too deeply": "[" * 5000 + f'"{MOBILE}"' + "]" * 5000,
    "objects nested deeply": '{"a":' * 100 + f'"{MOBILE}"' + "}" * 100,
}  # fmt: skip


def _behind(body: str | bytes) -> bytes:
    """*body* within a list that would be masked where it stands."""
    return (
        f'{{"items":[{",".join([ALIKE] * MANY)},'.encode()
        + (body if isinstance(body, bytes) else body.encode())
        + b"]}"
    )


CASES = (
    MASKED
    | {f"a record behind many, {name}": case for name, case in BEHIND_MANY.items()}
    | {name: withholds(body, JSON, "answer_unreadable") for name, body in UNREADABLE.items()}
    | {f"{name}, behind many": withholds(_behind(body), JSON, "answer_unreadable") for name, body in UNREADABLE.items()}
)


@pytest.mark.parametrize("case", CASES)
def test_json(front: Front, case: str) -> None:
    check(front, CASES[case])
