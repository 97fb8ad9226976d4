"""Names that stand alone on a page of which nothing is declared, and words that stand where they would."""

from dataclasses import replace

import pytest

from policies.formats.html import reading as html_reading
from policies.formats.html.body import HtmlMasker
from policies.formats.html.shape import HtmlShape
from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Action, Kind
from tests.policies.formats.masking import UNDECLARED, in_pieces, tally, whole
from tests.policies.recognisers.weights_here import the_tagger

FREE = Action(field=0, kind=Kind.SCAN)
SHAPE = HtmlShape(record=Object({}, Value(UNDECLARED)), undeclared=UNDECLARED, other_control=FREE, names_headed=True)

NAMED = {
    "<table><tr><th>序号</th><th>姓名</th><th>状态</th></tr><tr><td>1</td><td>高兴</td><td>通过</td></tr></table>": [
        "高兴"
    ],
    "<table><tr><td>编号</td><td>当事人</td></tr><tr><td>7</td><td>石头</td></tr></table><script>f('石头')</script>": [
        "石头"
    ],
    "<table><tr><td>户主</td><td>向阳</td></tr><tr><td>人口</td><td>4</td></tr></table><img alt=向阳>": ["向阳"],
    "<table><tr><th>姓名</th><td>田野</td><th>性别</th><td>男</td></tr></table><h2>田野的档案</h2>": ["田野"],
    "<table><tr><th>姓名</th></tr><tr><td>龙<b>飞</b></table>": ["龙", "飞"],
    "<table><tr><th>姓名</th><th>部门</th></tr><tr><td> 丁 一 </td><td>一科</td></tr></table>": ["丁 一"],
    "<table><tr><th>姓名</th><th>科</th></tr><tr><td>张强、李娜</td><td>一科</td></tr></table>": ["张强", "李娜"],
    "<table><tr><th>姓名</th></tr><tr><td>Zhang Wei</td></tr></table>": ["Zhang Wei"],
    "<table><tr><th>姓名</th></tr><tr><td>于老师</td></tr></table>": ["于"],
    "<table><tr><td colspan=2 data-label=姓名>乐天</td></tr></table>": ["乐天"],
    "<dl><dt>姓名</dt><dd>方圆</dd><dt>值班员</dt><dd>雷雨</dd></dl>": ["方圆", "雷雨"],
    "<div><label>联系人</label><span>梅花</span></div><!-- 梅花 -->": ["梅花"],
    "<div><div>监护人</div><div>雷雨</div></div><a href='/p/%E9%9B%B7%E9%9B%A8'>x</a>": ["雷雨", "%E9%9B%B7"],
    "<p><b>申请人</b>：白云</p><p aria-label=白云>x</p>": ["白云"],
    "<p>联系人：安康</p><p>安康</p>": ["安康"],
    "<select name=jbr><option value=3>江山</option></select>": ["江山"],
    "<input name=contact value=金凤><p title=金凤>x</p>": ["金凤"],
    "<input type=hidden name=applicant_name value=温柔>": ["温柔"],
    "<label for=u>经办人</label><p>x</p><input id=u value=秋月>": ["秋月"],
    "<input id=k value=明月><label for=k>签收人</label>": ["明月"],
    "<textarea placeholder=收件人>孙悦</textarea>": ["孙悦"],
    "<i data-name=黎明></i><a href=/person/黎明/edit>编辑</a>": ["黎明"],
    "<a href=/residents/王建国/files>档案</a>": ["王建国"],
    "<img src=a.jpg alt=李小龙>": ["李小龙"],
    "<script type=text/template><dl><dt>姓名</dt><dd>春晓</dd></dl></script>": ["春晓"],
}
NOBODYS = (
    "<dl><dt>联系人</dt><dd>综合科</dd><dt>受理人</dt><dd>窗口工作人员</dd></dl><p>由窗口工作人员受理。</p>",
    "<table><tr><th>事项</th><th>处理人</th><th>审核人</th></tr><tr><td>考核</td><td>待分配</td><td>管理员</td></tr></table>",
    "<table><tr><th>字段</th><th>名称</th><th>类型</th></tr><tr><td>xm</td><td>姓名</td><td>字符型</td></tr></table>",
    "<label>负责人</label><span>请选择</span><label>联系人</label><span>暂无</span><label>状态</label><span>正常</span>",
    "<input name=name value=夏季用电方案><select name=owner><option>全部</option><option>本部门</option></select>",
    "<nav><a href=/安全/须知 title=安全>安全</a><a href=/高校/名录 title=高校>高校</a></nav><img alt=全景>",
    "<div data-name=menu><a data-name=计划管理 href=#>计划管理</a></div>",
    "<table><tr><th>会议</th><th>主持人</th><th>地点</th></tr><tr><td>党课</td><td>支部书记</td><td>党员之家</td></tr></table>",
    "<table><tr><th>类别</th><th>投诉人</th></tr><tr><td>噪音</td><td>市民</td></tr></table><p>市民共投诉42件。</p>",
)


def make() -> HtmlMasker:
    return HtmlMasker(SHAPE, tally(), "utf-8", lambda action, held: "")


def masked(page: str) -> str:
    return whole(make, page.encode()).decode()


@pytest.fixture(autouse=True)
def _tagger() -> None:
    the_tagger()


@pytest.mark.parametrize("page", NAMED)
def test_whoever_stands_behind_a_label_is_hidden_everywhere(page: str) -> None:
    out = masked(page)
    assert "***" in out
    assert not [name for name in NAMED[page] if name in out]


@pytest.mark.parametrize("page", NOBODYS)
def test_words_behind_labels_stay(page: str) -> None:
    assert masked(page) == page


def test_a_page_that_is_declared_is_read_by_what_is_declared() -> None:
    page = b"<dl><dt>\xe5\xa7\x93\xe5\x90\x8d</dt><dd>\xe9\xab\x98\xe5\x85\xb4</dd></dl>"
    shape = replace(SHAPE, names_headed=False)
    assert whole(lambda: HtmlMasker(shape, tally(), "utf-8", lambda action, held: ""), page) == page


def test_those_of_a_later_window_are_hidden_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_reading, "WINDOW_CHARS", 50)
    page = "<h1>高兴</h1>" + "<p>x</p>" * 50 + "<dl><dt>姓名</dt><dd>高兴</dd></dl>"
    assert "高兴" not in masked(page)


def test_rows_of_a_list_are_read_by_its_head_until_another_comes() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>高{char}</td></tr>" for number, char in enumerate("兴峰飞云山河"))
    head = "<tr><th>序号</th><th>{}</th></tr>"
    out = masked(f"<table>{head.format('事项')}<tr><td>1</td><td>常用</td></tr>{head.format('姓名')}{rows}</table>")
    assert "常用" in out
    assert not [char for char in "兴峰飞云山河" if f"高{char}" in out]


def test_who_is_hidden_is_counted_once_where_he_stands() -> None:
    masker = make()
    page = "<dl><dt>姓名</dt><dd>高兴</dd></dl><p>高兴</p>".encode()
    masker.feed(page)
    masker.close()
    assert sum(masker.tally.found.values()) == 1


def test_how_it_comes_changes_nothing() -> None:
    for page in NAMED:
        assert in_pieces(make, page.encode(), [5, 17, 40]) == whole(make, page.encode())
