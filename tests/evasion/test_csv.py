"""CSV in its dialects: what two programs could split differently is withheld."""

import pytest

from tests.evasion.cases import CSV, ROWS, ROWS_MASKED, check, shows, withholds
from tests.front import Front
from tests.rig import ID_NO, MOBILE, NAME

MARK = "\ufeff"
READ = {
    "commas": (ROWS, ROWS_MASKED),
    "semicolons": (ROWS.replace(",", ";"), ROWS_MASKED.replace(",", ";")),
    "tabs": (ROWS.replace(",", "\t"), ROWS_MASKED.replace(",", "\t")),
    "line feeds alone": (ROWS.replace("\r\n", "\n"), ROWS_MASKED.replace("\r\n", "\n")),
    "no line end at the end": (ROWS.rstrip(), ROWS_MASKED.rstrip()),
    "a mark": (MARK + ROWS, MARK + ROWS_MASKED),
    "a mark and quotes": (f'{MARK}"id","name"\n1,{NAME}\n', f'{MARK}"id","name"\n1,张**\n'),
    "quotes": (f'"id","name"\n"1","{NAME}"\n', '"id","name"\n"1",张**\n'),
    "cells of several lines": (f'id,name,note\n1,{NAME},"a\n{NAME},{MOBILE}\n"\n', "id,name,note\n1,张**,***\n"),
    "a formula": (f'id,name\n1,"=""{NAME}"""\n', "id,name\n1,=**\n"),
    "a formula in a column that nobody declared": (f'id,x\n1,=T("{ID_NO}")\n'.replace('"', ""), "id,x\n1,***\n"),
    "empty lines": (f"\n\nid,name\n\n1,{NAME}\n", "\n\nid,name\n\n1,张**\n"),
    "columns that nobody declared": (f"id,x,y\n1,{NAME},{MOBILE}\n", "id,x,y\n1,***,***\n"),
    "names as columns": (f"id,{NAME},x\n1,a,b\n", "id,***1,x\n1,***,***\n"),
    "the name beside another delimiter": (f"id,name\n1,x;{NAME}\n", "id,name\n1,x**\n"),
}  # fmt: skip
UNREADABLE = {
    "bars": f"id|name|id_no\n1|{NAME}|{ID_NO}\n",
    "a line that names the delimiter": f"sep=;\nid;name\n1;{NAME}\n",
    "another delimiter below": f"id,name,id_no\n1;{NAME};{ID_NO}\n",
    "single quotes": f"'id','name'\n'1','{NAME}'\n",
    "carriage returns alone": f"id,name\r1,{NAME}\r",
    "a quote that is never closed": f'id,name\n1,"{NAME}\n',
    "a quote behind a blank": f'id,name\n1, "{NAME}"\n',
    "a quote within": f'id,name\n1,a"{NAME}"\n',
    "a quote escaped by a backslash": f'id,name\n1,"{NAME}\\"",x\n',
    "something behind a quote": f'id,name\n1,"{NAME}"x\n',
    "no header": f"1,{NAME},{ID_NO}\n",
    "a title before the header": f"人员\nid,name\n1,{NAME}\n",
    "a comment before the header": f"# {NAME}\nid,name\n1,x\n",
    "a header in other letters": f"ID,NAME\n1,{NAME}\n",
    "a number in the header": f"id,{MOBILE}\n1,x\n",
    "a column twice": f"id,id,name\n1,2,{NAME}\n",
    "more cells than columns": f"id,name\n1,x,{MOBILE}\n",
    "fewer cells than columns": f"id,name,city\n1,{NAME}\n",
    "a footer": f"id,name\n1,x\n{NAME}\n",
    "a NUL": f"id,name\n1,{NAME}\0\n",
}  # fmt: skip
CASES = {
    **{name: shows(body, CSV, shown) for name, (body, shown) in READ.items()},
    **{name: withholds(body, CSV, "answer_unreadable") for name, body in UNREADABLE.items()},
}


@pytest.mark.parametrize("case", CASES)
def test_csv(front: Front, case: str) -> None:
    check(front, CASES[case])
