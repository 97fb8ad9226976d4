from yingbi.visitor import Form, forms_in, said_in

PAGE = """
<main>
<p>before</p>
<div role="alert"><h2>请更正</h2><p>文本已被修改<br>请重新阅读</p></div>
<form action="/a" method="post">
<input type="hidden" name="csrf" value="t&amp;k">
<label>备注 <textarea name="note">第一行
第二行</textarea></label>
<input type="checkbox" name="checks" value="facts"><input type="checkbox" name="checks" value="plain" checked>
<button name="answer" value="yes">是</button><button name="answer" value="no">否</button>
</form>
<form action="/b" method="post"><input name="q"></form>
</main>
"""


def test_forms_are_read_as_a_browser_would() -> None:
    first, second = forms_in(PAGE)
    assert first == Form(
        "/a",
        {"csrf": "t&k", "note": "第一行\n第二行", "answer": "yes"},
        [("checks", "facts"), ("checks", "plain")],
    )
    assert second == Form("/b", {"q": ""})


def test_what_an_alert_says_is_read() -> None:
    assert said_in(PAGE) == "请更正 文本已被修改 请重新阅读"
    assert said_in("<p>fine</p>") == ""
