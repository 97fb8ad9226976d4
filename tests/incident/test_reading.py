import pytest

from incident.reading import PlaybookError, Reader

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


@pytest.mark.parametrize(
    ("raw", "text", "codes"),
    [
        ({"t": "x"}, "x", []),
        ({}, "", []),
        ({"t_b64": "5Lit5paH"}, "中文", []),
        ({"t_b64": "***"}, "", ["wrong-value"]),
        ({"t_b64": "/w=="}, "", ["wrong-value"]),
        ({"t_b64": "5Lit中5paH"}, "", ["wrong-value"]),
    ],
    ids=["text", "none", "base64", "no base64", "no text in it", "no ASCII"],
)
def test_a_text_or_the_same_in_base64(raw: dict[str, str], text: str, codes: list[str]) -> None:
    reader = Reader(TEXT, "x.json")
    assert reader.text_or_base64(raw, "t", "it", at="name") == text
    assert [finding.code for finding in reader.findings] == codes
