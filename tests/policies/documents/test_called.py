"""What things, places and parts of organisations are called is nobody's name where a table or a list says so."""

import json

import pytest

from policies.documents.called import is_called, names_things
from policies.documents.desk import masked_file
from tests.policies.recognisers.weights_here import the_tagger


@pytest.mark.parametrize("head", ["站名", "药品名称", "产地", "树种", "路名", " 终点 ", "安置小区", "办理系统名称"])
def test_heads_of_things(head: str) -> None:
    assert names_things(head)


@pytest.mark.parametrize(
    "head", ["姓名", "曾用名", "名称", "户名", "法人名称", "小区业主", "项目负责人", "企业名称", "店名", "地点"]
)
def test_heads_that_may_be_of_people(head: str) -> None:
    assert not names_things(head)


def test_parts_of_organisations_are_called_so_under_their_head_alone() -> None:
    assert is_called("责任科室", "安监科")
    assert not is_called("责任科室", "安建国")
    assert not is_called("联系人", "安监科")


def test_what_is_longer_or_has_digits_is_read() -> None:
    """A line of an address, or what somebody says."""
    assert not is_called("地名", "柳林村3组12号")
    assert not is_called("小区名称", "由安建国负责的柳林村安置小区")


NAMES = "黄杨 石林西 夕阳红老年公寓 云南松 安监科".split()


@pytest.mark.parametrize("head", ["品名", "站名", "机构名称", "树种"])
@pytest.mark.parametrize("ending", ["csv", "md"])
def test_cells_below_heads_of_things_stay(head: str, ending: str) -> None:
    """Though nothing else in the table tells of anything."""
    the_tagger()
    rows = [("编号", head, "数量"), *((str(number), name, "3") for number, name in enumerate(NAMES, 1))]
    lines = [",".join(row) if ending == "csv" else f"| {' | '.join(row)} |" for row in rows]
    if ending == "md":
        lines.insert(1, "| --- | --- | --- |")
    table = "\n".join(lines) + "\n"
    assert masked_file(f"a.{ending}", table.encode())[0].decode() == table


def test_identifiers_and_names_that_were_learnt_are_hidden_below_them() -> None:
    the_tagger()
    table = "品名,经手人,备注\n黄杨,李建国,\n李建国,王芳,\n13800138000,张敏,\n"
    copy = masked_file("a.csv", table.encode())[0].decode()
    assert copy == "品名,经手人,备注\n黄杨,***,\n***,***,\n***,***,\n"


@pytest.mark.parametrize(
    "made",
    [
        {"goods": [{"name": "黄瓜", "price": 2.6}, {"name": "金针菇", "price": 5}]},
        {"list": [{"name": "石门坝", "warn": 131.0}]},
        [
            {"name": "办公室", "id": 1},
            {"name": "人事科", "id": 2},
            {"name": "安监科", "id": 3},
            {"name": "法规科", "id": 4},
        ],
    ],
)
def test_names_in_lists_of_things_stay(made: object) -> None:
    """As their facts say, or others in the list that are called alike."""
    the_tagger()
    text = json.dumps(made, ensure_ascii=False)
    assert masked_file("a.json", text.encode())[0].decode() == text


@pytest.mark.parametrize(
    "made",
    [
        {"goods": [{"name": "黄小瓜", "price": 2.6, "mobile": "13800138000"}]},
        [{"name": "黄小瓜", "id": 1}, {"name": "金真", "id": 2}],
        [{"name": "人事科"}, {"name": "法规科"}, {"name": "黄小瓜"}],
    ],
)
def test_names_of_people_go_from_lists(made: object) -> None:
    the_tagger()
    text = json.dumps(made, ensure_ascii=False)
    assert "黄小瓜" not in masked_file("a.json", text.encode())[0].decode()


def test_projects_stand_below_initials_that_mean_names_as_well() -> None:
    """Where the columns beside say so, and what nobody is called."""
    table = "xmbh,xmmc,xm\n1,城区雨污分流改造,雨污分流\n2,白鹭湖湿地修复,张小萍\n3,高标准农田建设,张李雪梅\n"
    copy = masked_file("a.csv", table.encode())[0].decode()
    assert [line.split(",")[2] for line in copy.splitlines()] == ["xm", "雨污分流", "***", "***"]


def test_of_what_a_page_offers_only_what_is_chosen_is_somebodys() -> None:
    offers = '<select name="mz"><option value="汉族">汉族</option><option value="回族">回族</option></select>'
    offers += '<input type="radio" name="xb" value="男">男<input type="radio" name="xb" value="女">女'
    assert masked_file("a.html", offers.encode())[0].decode() == offers
    chosen = offers.replace('"回族">', '"回族" selected>').replace('"女">', '"女" checked>')
    copy = masked_file("a.html", chosen.encode())[0].decode()
    assert "回族" not in copy
    assert 'value="女"' not in copy
    assert "汉族" in copy
    assert "回族" not in masked_file("a.html", '<select name="mz"><option>回族</option></select>'.encode())[0].decode()
