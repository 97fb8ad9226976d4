"""Bodies made up at random that hold the planted person anywhere, in whatever an operation of the good policy answers."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.evasion.cases import CELL
from tests.rig import ID_NO, MOBILE, NAME
from tests.spellings import ADDRESS, CARD

PLANTED = [
    NAME,
    ID_NO,
    MOBILE,
    CARD,
    ADDRESS,
    f"联系人{NAME}，电话{MOBILE}",
    f"请查看{NAME}的身份证{ID_NO}号码有误",
    int(MOBILE),
    int(ID_NO[:17]),
    json.dumps({"name": NAME, "mobile": [MOBILE]}),
]
KEYS = ["name", "id_no", "mobile", "note", "home", "phone", "x", "raw", "items", "data", NAME, MOBILE]
"""All but those of public fields, and of an error, whose free text hides only what is announced."""


def values(depth: int) -> st.SearchStrategy[Any]:
    alone = st.sampled_from(PLANTED)
    within = alone if not depth else alone | objects(depth - 1) | st.lists(values(depth - 1), max_size=3)
    return within | st.sampled_from(["", None, True, 7, "没有"])


def objects(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(KEYS), values(depth), max_size=4)


def as_json(value: Any, is_escaped: bool) -> str:
    return json.dumps(value, ensure_ascii=is_escaped)


JSON_BODIES = st.builds(as_json, objects(3) | st.lists(objects(2), max_size=3), st.booleans())
DISGUISES = st.sampled_from(
    [
        "%s", "%s%s", "%s\n%s", "[%s,%s]", '{"items":[%s],"items":%s}', "cb(%s)", "while(1);%s", ")]}',\n%s", '{"x":NaN,"y":%s}',
        '{"x":1e999,"items":[%s]}', "/* */%s", "%s,", '{"items":%s}', "[" * 60 + "%s" + "]" * 60, "\ufeff%s", "data: %s\n\n",
    ]
)  # fmt: skip
CELLS = st.sampled_from([NAME, ID_NO, MOBILE, CARD, ADDRESS, f'"a\n{NAME}\nb c d"', "", "x"])
COLUMNS = ["name", "id_no", "mobile", "note", "x", "y"]


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """JSON that is not only JSON."""
    return draw(DISGUISES).replace("%s", draw(JSON_BODIES))


@st.composite
def tables(draw: st.DrawFn) -> str:
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=2, max_size=5, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), max_size=4))
    delimiter, end = draw(st.sampled_from([",", ";", "\t"])), draw(st.sampled_from(["\r\n", "\n"]))
    return end.join(delimiter.join(row) for row in [columns, *rows, [""]])


BESIDE = st.sampled_from(
    [
        f"<p>{NAME}</p>", f'<p title="{NAME}">', f"<!-- {NAME} {MOBILE} -->", f"<script>x='{NAME}{MOBILE}'</script>",
        f"<p>138<b>0013</b>8000 {ID_NO}</p>", f'<a href="/{MOBILE}?x={NAME}">', f"<svg><text>{NAME}</text></svg>", "<td>",
        f"<style>p {{ --x: '{NAME}' }}</style>", "</table>", "<div>", "<p>没有</p>", "<br>", f"<title>{NAME}</title>",
        "".join(f"&#{ord(char)};" for char in f"{NAME} {MOBILE}"), f'<input type="hidden" name="x" value="{NAME}">',
        f"<p>卡号{CARD}</p>", f"<![CDATA[{NAME}]]>", f"<template><p>{NAME}</template>", f"<textarea>{MOBILE}</textarea>",
        f'<meta http-equiv="refresh" content="0;url=/people/{MOBILE}">', '<meta charset="gbk">', f"<noscript>{NAME}</noscript>",
    ]
)  # fmt: skip
WHOLE_CELL = f"<table><tr>{CELL}</tr></table>"
PAGES = st.lists(BESIDE, max_size=6).map(lambda beside: "".join([WHOLE_CELL, *beside]))
TEXTS = st.lists(
    st.sampled_from([f"联系人{NAME}，", MOBILE, ID_NO, CARD, "，电话", "\n", "，没有", " ", "138 0013 8000"]),
    max_size=6,
).map("，".join)
PERSONS = st.fixed_dictionaries(
    {
        "id": st.integers(1, 9),
        "name": st.sampled_from([NAME, NAME, None]),
        "id_no": st.sampled_from([ID_NO, ID_NO, ""]),
    },
    optional={
        "mobile": st.sampled_from([MOBILE, int(MOBILE)]),
        "note": st.sampled_from(PLANTED),
        "home": st.just({"phone": MOBILE}),
    },
)


@st.composite
def alike(draw: st.DrawFn) -> dict[str, Any]:
    """A list of persons with the same fields in the same order, as those are that are masked where they stand."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": st.integers(1, 9),
        "name": st.sampled_from([NAME, NAME, ADDRESS, None]),
        "id_no": st.just(ID_NO),
        "mobile": st.sampled_from([MOBILE, MOBILE, f"{MOBILE} ", None]),
        "note": st.sampled_from(["没有", "2026-10-05T09:14", *map(str, PLANTED)]),
        "x": st.sampled_from([NAME, MOBILE, "没有"]),
        "city": st.just("云州"),
        "home": st.just({"street": "幸福路1号", "phone": MOBILE}),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), min_size=2, unique=True))
    rows = draw(st.lists(st.tuples(*(fields[key] for key in chosen)), min_size=2, max_size=4))
    return {"total": len(rows), "items": [dict(zip(chosen, row, strict=True)) for row in rows]}


def spelled(value: Any) -> str:
    """As most systems spell it, without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


ITEMS = st.lists(PERSONS, min_size=1, max_size=4).map(lambda items: {"items": items})
BODIES = {
    "application/json": JSON_BODIES | disguised() | alike().map(spelled),
    "application/problem+json": JSON_BODIES,
    "text/csv": tables(),
    "text/html": PAGES,
    "text/plain": TEXTS,
}
"""By what they are said to be."""
PLACES = ["/people", "/people?page=2", "/people/1", "/people.csv"]
"""What can be asked for."""
DECLARED = {
    ("/people", "application/json"): st.builds(as_json, ITEMS, st.booleans()) | alike().map(spelled),
    ("/people?page=2", "text/html"): PAGES,
    ("/people", "text/plain"): TEXTS,
    ("/people/1", "application/json"): st.builds(as_json, PERSONS, st.booleans()),
    ("/people.csv", "text/csv"): tables(),
}
"""What is answered as it is declared, by what is asked for and what it is said to be: what gets as far as a masker."""
