"""What is read of an answer before its body is looked at."""

import pytest

from proxy.look_at import answer_headers_of, has_body
from tests.proxy.parts import answer_of, flow_of


@pytest.mark.parametrize(
    ("method", "length", "expected"), [("GET", "2", True), ("GET", "0", False), ("HEAD", "2", False)]
)
def test_whether_an_answer_has_a_body(method: str, length: str, expected: bool) -> None:
    flow = flow_of(method)
    flow.response = answer_of(content_length=length)
    assert has_body(flow, answer_headers_of(flow)) == expected
