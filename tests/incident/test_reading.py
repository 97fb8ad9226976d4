import pytest

from incident.reading import Finding, PlaybookError, Reader

TEXT = """{
  "name": "step",
  "other": {"name": 1},
  "list": ["name"],
  "step": {
    "text": 5
  }
}"""


@pytest.mark.parametrize(("key", "line"), [("name", 2), ("other", 3), ("step", 5), ("text", 6), ("absent", 1), ("", 1)])
def test_the_line_of_a_key(key: str, line: int) -> None:
    assert Reader(TEXT, "x.json").line_of(key) == line


def test_findings_come_in_the_order_of_the_file() -> None:
    reader = Reader(TEXT, "x.json")
    reader.report("b", "text", "later")
    reader.report("a", "name", "earlier")
    assert [str(finding) for finding in reader.findings] == ["x.json:2: earlier", "x.json:6: later"]
    assert str(PlaybookError(tuple(reversed(reader.findings)))) == "x.json:2: earlier\nx.json:6: later"


def test_values_of_the_wrong_form_are_reported_and_read_as_empty() -> None:
    reader = Reader(TEXT, "x.json")
    raw = {"n": 5, "t": "x", "l": ["a", 1], "o": [], "ms": -1, "b_b64": "***", "c_b64": "/w=="}
    assert reader.text(raw, "n", "it") == ""
    assert reader.text(raw, "absent", "it") == ""
    assert reader.text(raw, "absent", "it", needed=False) == ""
    assert reader.texts(raw, "l", "it") == ()
    assert reader.object(raw, "o", "it") == {}
    assert reader.objects(raw, "l", "it") == ()
    assert reader.milliseconds(raw, "ms", "it") is None
    assert reader.text_or_base64(raw, "b", "it") == ""
    assert reader.text_or_base64(raw, "c", "it") == ""
    assert [finding.code for finding in reader.findings] == [
        "missing",
        *["wrong-value"] * 7,
    ]
    assert isinstance(reader.findings[0], Finding)


def test_what_is_right_is_read() -> None:
    reader = Reader(TEXT, "x.json")
    raw = {"t": "x", "t2_b64": "5Lit5paH", "l": ["a"], "o": {"k": 1}, "os": [{}], "ms": 1500}
    assert reader.text(raw, "t", "it") == "x"
    assert reader.text_or_base64(raw, "t2", "it") == "中文"
    assert reader.texts(raw, "l", "it") == ("a",)
    assert reader.object(raw, "o", "it") == {"k": 1}
    assert reader.objects(raw, "os", "it") == ({},)
    span = reader.milliseconds(raw, "ms", "it")
    assert span is not None
    assert span.total_seconds() == 1.5
    assert reader.findings == ()
