"""Tokens of JSON and of what is written for it: both say the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.documents.json_tokens import relaxed, tokens_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)
DOCUMENTS = st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=6), VALUES, max_size=3)


@given(DOCUMENTS, DOCUMENTS, st.booleans())
def test_json_is_read_alike(first: Any, second: Any, is_escaped: bool) -> None:
    """Also two documents behind each other, with a comment between."""
    written = [json.dumps(each, ensure_ascii=is_escaped, indent=1) for each in (first, second)]
    text = "/* a */".join(written)
    found = relaxed(text, 0, len(text))
    assert found is not None
    assert [each.document for each in found] == [first, second]
    assert [each.comments for each in found] == [[], [(len(written[0]) + 2, len(written[0]) + 5, " a ")]]
    assert [(token.start, token.end) for token in found[0].tokens] == [
        (token.start, token.end) for token in tokens_of(text, 0, len(written[0]))
    ]


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("{a: 'b', $c: .5, 'd': [1, 2,],}", {"a": "b", "$c": ".5", "d": [1, 2]}),
        ("{'a': 'it\\'s', \"b\": \"\\x41\\\nc\", e: NaN, f: +1}", {"a": "it's", "b": "Ac", "e": "NaN", "f": "+1"}),
        ("// x\n{\"a\": 'b' /* y */} # z", {"a": "b"}),
        ("{1: 2, true: null}", {"1": 2, "true": None}),
        ("{'url': 'http://x/#a', b: a/b}", {"url": "http://x/#a", "b": "a/b"}),
    ],
)
def test_what_is_written_for_json_is_read(text: str, document: object) -> None:
    found = relaxed(text, 0, len(text))
    assert found is not None
    assert [each.document for each in found] == [document]


@pytest.mark.parametrize(
    "text",
    ["", "x", "1", "'a'", "{", "}", "{]", "{a}", "{a:}", "{{a: 1}}", "[1 2]", "{a: 1} x", "[,]", "{'a: 1}", "/* [] "],
)
def test_what_is_no_json_even_so_is_none(text: str) -> None:
    assert relaxed(text, 0, len(text)) is None
