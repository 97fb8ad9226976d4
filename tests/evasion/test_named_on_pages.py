"""Names that stand alone on pages of which nothing is declared: by the head of a column, a label, the name of a control.

Whatever element an application writes a label with, and wherever else it repeats the name, no piece of it leaves.
"""

from collections.abc import Iterator

import pytest

from tests.evasion.test_prose import declare_letters, script
from tests.policies.recognisers.weights_here import the_tagger
from tests.rig import Rig, ended, reads, rigged

ELSEWHERE = "<title>{0}</title><img alt='{0}'><a href='/u/{0}?q={0}' title='{0}'>x</a><!-- {0} --><p>找 {0} 办</p>"
PAGES = {
    "a list": "<table><tr><th>序号</th><th>姓名</th></tr><tr><td>1</td><td>{0}</td></tr></table>",
    "a list, without th": "<table><tr><td>序号</td><td>当事人</td><td>案由</td></tr><tr><td>1</td><td>{0}</td><td>x</td></tr></table>",
    "a list, cells never closed": "<table><tr><th>序号<th>姓名<tr><td>1<td>{0}</table>",
    "a form in a table": "<table><tr><th>户主</th><td>{0}</td><th>人口</th><td>4</td></tr></table>",
    "a cell of parts": "<table><tr><th>姓名</th></tr><tr><td><a href=/x>{1}<b>{2}</b></a></td></tr></table>",
    "a list in a cell": "<table><tr><td><table><tr><th>姓名</th><tr><td>{0}</table></table>",
    "terms": "<dl><dt>姓名<dd>{0}<dt>状态<dd>正常</dl>",
    "a label": "<div><label>联系人</label><span>{0}</span></div>",
    "a label with a colon": "<p><b>申请人：</b> {0}</p>",
    "a label for a control": "<label for=a>经办人</label><p>x</p><input id=a value={0}>",
    "a control by its name": "<input name=lxr value={0}>",
    "a hidden control": "<input type=hidden name=applicantName value={0}>",
    "choices": "<select name=jbr><option value=1>{0}</select>",
    "a text to write in": "<textarea placeholder=收件人>{0}</textarea>",
    "an attribute": "<i data-name={0}></i>",
    "references": "<dl><dt>&#22995;&#21517;<dd>{3}</dl>",
}


@pytest.fixture(scope="module", params=[True, False], ids=["our own core", "mitmproxy alone"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    the_tagger()
    folder = tmp_path_factory.mktemp("named")
    policies = declare_letters(folder / "policies")
    with rigged(folder / "gateway", policies=policies, plain_core=request.param) as made:
        yield made


@pytest.mark.parametrize("case", PAGES)
def test_who_is_named_behind_a_label_is_named_nowhere(pages: Rig, case: str) -> None:
    name = "石磊" if case != "a text to write in" else "方圆"
    spelled = "".join(f"&#{ord(char)};" for char in name)
    body = ELSEWHERE.format(name) + PAGES[case].format(name, name[0], name[1], spelled)
    answer = pages.ask(script(body, "text/html; charset=utf-8"), target="/letters")
    status, _, shown = reads(answer)
    text = shown.decode()
    assert status == 200
    assert ended(answer)
    assert name not in text
    assert spelled not in text
    assert f">{name[0]}<" not in text
    assert "找 *** 办" in text


def test_words_that_answer_labels_stay(pages: Rig) -> None:
    body = "<table><tr><th>事项</th><th>负责人</th></tr><tr><td>绿化</td><td>待定</td></tr></table><p>时间待定</p>"
    assert reads(pages.ask(script(body, "text/html; charset=utf-8"), target="/letters"))[2].decode() == body
