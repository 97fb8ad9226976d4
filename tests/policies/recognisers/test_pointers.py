"""Each row: a document, and the values in it that are personal data."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.recognisers.pointers import DEEPEST, find_values, find_values_each, told_in
from tests.policies.recognisers.weights_here import the_tagger

PERSON, ID, MOBILE = "person", "resident_id", "mobile"
DOCUMENTS: list[tuple[Any, dict[str, str]]] = [
    ({"xm": "王", "sfzh": "1", "a/b": [{"~": "13800138000"}]}, {"/xm": PERSON, "/sfzh": ID, "/a~1b/0/~0": MOBILE}),
    (
        {"applicant": {"name": "王小明", "phones": ["1", 2]}, "department": {"name": "民政局"}, "fileName": "王小明"},
        {"/applicant/name": PERSON, "/applicant/phones/0": MOBILE, "/applicant/phones/1": MOBILE},
    ),
    ({"zjlx": "护照", "zjhm": "E1"}, {"/zjhm": "passport"}),
    ({"cert_type": "居民身份证", "certNo": 33}, {"/certNo": ID}),
    ({"fields": [{"label": "身份证号", "value": "33"}, {"label": "事项", "value": "低保"}]}, {"/fields/0/value": ID}),
    (
        {"columns": ["xm", "sfzh", "xmmc"], "rows": [["王", "33", "路"], ["李", 44, None]]},
        {"/rows/0/0": PERSON, "/rows/0/1": ID, "/rows/1/0": PERSON, "/rows/1/1": ID},
    ),
    ({"columns": ["xm"], "rows": [["王", "13800138000"]]}, {"/rows/0/1": MOBILE}),
    (
        {"address": {"city": "杭州", "detail": "文三路1号", "code": "330106"}},
        {"/address/city": "address", "/address/detail": "address"},
    ),
    ({"idCard": {"value": "1", "expires": "2030-01-01"}}, {"/idCard/value": ID}),
    ({"data": '{"sjh": "1", "a": ["13800138000"]}'}, {"/data/sjh": MOBILE, "/data/a/0": MOBILE}),
    ({"sjh": "[1"}, {"/sjh": MOBILE}),
    (
        {"fatherName": "y", "cust_name": "N", "戶籍地址": "y", "spouse": "y", "married": "n"},
        {"/fatherName": PERSON, "/cust_name": PERSON, "/戶籍地址": "address", "/married": "marriage"},
    ),
    ({"sno": "01", "sname": "张小三"}, {"/sname": PERSON}),
    ({"tno": "07", "tname": "李老师"}, {"/tname": PERSON}),
    ({"sname": "实验小学", "tname": "t_user"}, {}),
    ({"name": "张三"}, {"/name": PERSON}),
    ({"name": "低保", "sjh": "9"}, {"/name": PERSON, "/sjh": MOBILE}),
    ({"name": "科技馆", "level": "一级"}, {}),
    ({"items": [{"name": "张三"}]}, {}),
    ({"members": [{"name": "阿依古丽"}]}, {"/members/0/name": PERSON}),
    ({"13800138000": {"a": 1}}, {"/13800138000": MOBILE}),
    ({"orderNo": "13800138000", "lsh": 13800138000, "cjsj": "13800138000"}, {}),
    ({"a": 13800138000, "b": 1.5}, {"/a": MOBILE}),
    ({"mobile": True, "tel": "", "email": "无", "sfzh": None, "sjh": 0, "dz": "N/A", "xm": "暂无"}, {}),
    ({"sex": "男", "mz": "汉族"}, {"/sex": "sex", "/mz": "ethnicity"}),
    ({"remark": "无", "memo": "电话13800138000"}, {"/memo": MOBILE}),
    ({"address": "https://host.example.cn/"}, {}),
    ([{"xm": "王"}], {"/0/xm": PERSON}),
    ({"contactType": "mobile", "contactValue": "138"}, {"/contactValue": MOBILE}),
    ({"type": "身份证", "number": "33", "content": "见附件"}, {"/number": ID}),
    ({"name": "手机", "content": "138"}, {"/content": MOBILE}),
    ({"question": "请输入您的手机号", "answer": "138"}, {"/answer": MOBILE}),
    ({"question": "您对服务满意吗", "answer": "满意"}, {}),
    ({"title": [{"text": "姓名", "lang": "zh_CN"}], "value": {"text": "某"}}, {"/value/text": PERSON}),
    ({"header": ["姓名", "事项"], "body": [["某甲", "低保"]]}, {"/body/0/0": PERSON}),
    ({"columns": [{"title": "姓名", "dataIndex": "f"}], "data": [{"f": "某甲", "g": "低保"}]}, {"/data/0/f": PERSON}),
    ({"fields": [{"name": "xm"}, {"name": "sxmc"}], "rows": [["某甲", "低保"]]}, {"/rows/0/0": PERSON}),
    ([["姓名", "年度"], ["某甲", "1"], ["某乙", "2"]], {"/1/0": PERSON, "/2/0": PERSON}),
    ({"data": [["张三", "13800138000"], ["李四", 1]]}, {"/data/0/1": MOBILE}),
    ({"contacts.0.tel": "138", "phones[0]": "1"}, {"/contacts.0.tel": MOBILE, "/phones[0]": MOBILE}),
    ({"cell": "A1", "/user/name": "admin"}, {}),
    ({"cell": "138 0013 8000"}, {"/cell": MOBILE}),
    ({"personList": ["李雷", "韩梅梅"], "tags": ["李雷"]}, {"/personList/0": PERSON, "/personList/1": PERSON}),
    (
        {"userName": "李雷", "operator": "张  三", "ywxm": "Zhang Wei"},
        dict.fromkeys(("/userName", "/operator", "/ywxm"), PERSON),
    ),
    ({"userName": "admin", "operator": "system", "ywxm": "低保", "jcxm": "李雷", "zl": "申请书"}, {}),
    ({"zl": "文三路1号2幢301室", "yhzh": "6222021234567890128"}, {"/zl": "address", "/yhzh": "bank_card"}),
    ({"yhzh": "admin", "sj": "2026-11-27 10:00:00"}, {}),
    ({"sex": 0, "hyzk": "否", "mz": 1}, {"/sex": "sex", "/hyzk": "marriage", "/mz": "ethnicity"}),
    ({"qqNumber": 1, "hasPhone": 1, "phone": 1}, {"/qqNumber": "qq"}),
    (
        {"name": [{"use": "official", "family": "Wang", "given": ["Xiaoming"]}]},
        dict.fromkeys(("/name/0/family", "/name/0/given/0"), PERSON),
    ),
    ({"name": {"first": "Xiaoming", "last": "Wang"}}, dict.fromkeys(("/name/first", "/name/last"), PERSON)),
    ({"name": {"zh": "低保", "en": "allowance"}, "range": {"first": 1, "last": 9}}, {}),
    (
        {"telecom": [{"system": "phone", "value": "8"}, {"system": "url", "value": "x"}, {"value": "9"}]},
        {"/telecom/0/value": MOBILE, "/telecom/2/value": MOBILE},
    ),
    ({"system": "mobile", "v": "5", "no": "7"}, {}),
    ({"xm": {"first": "小明", "last": "王"}}, dict.fromkeys(("/xm/first", "/xm/last"), PERSON)),
    ({"itemCode": "sjhm", "itemValue": "2"}, {"/itemValue": MOBILE}),
    ({"phones": {"home": "2", "work": "3", "count": 2}}, dict.fromkeys(("/phones/home", "/phones/work"), MOBILE)),
    (
        dict.fromkeys(("czy", "khmc", "lawyer", "lastModifier"), "王小明"),
        dict.fromkeys(("/czy", "/khmc", "/lawyer", "/lastModifier"), PERSON),
    ),
    ({"czy": "admin", "khmc": "某某科技有限公司", "lawyer": "2", "lastModifier": "system"}, {}),
    ({"xm": "道路改造工程", "xmbh": "33"}, {}),
    ([{"xm": "智慧城市项目", "je": 5}, {"xm": "低保"}, {"xm": "环城东路拓宽", "xmbh": "33"}], {}),
    ([{"xm": each, "xmbh": "33", "je": 5} for each in ("王小明", "阿依古丽")], {"/0/xm": PERSON, "/1/xm": PERSON}),
    ([{"xm": "环城东路拓宽", "xmmc": "1"}, {"xm": "大牛"}, {"xm": "王建设"}], {f"/{at}/xm": PERSON for at in range(3)}),
    ({"xm": "低保", "sfzh": "33"}, {"/xm": PERSON, "/sfzh": ID}),
    ([{"name": "李家村", "adcode": "3301"}, {"name": "李家村"}, {"name": "高新区", "adcode": "3301"}], {}),
    ([{"name": "李家村", "sjh": "8"}, {"name": "高新乡"}], {"/0/name": PERSON, "/0/sjh": MOBILE, "/1/name": PERSON}),
    ({"emp_name": "杭州某某公司", "skr": "某某村委员会", "applicant": {"name": "某某(杭州)有限公司"}}, {}),
    ({"emp_name": "王小明", "skr": "王小明 某某公司"}, {"/emp_name": PERSON, "/skr": PERSON}),
    (
        [{"zjlx": "2", "zjhm": "E12345678"}, {"zjlx": 3, "zjhm": "h12345678"}],
        {"/0/zjhm": "passport", "/1/zjhm": "permit"},
    ),
    ([{"zjlx": "1", "zjhm": "33"}, {"zjlx": "身份证", "zjhm": "E12345678"}], {"/0/zjhm": ID, "/1/zjhm": ID}),
    ({"head": ["车牌", "车主"], "body": [["浙A12345", "周"]]}, {"/body/0/0": "plate", "/body/0/1": PERSON}),
    ({"dict": {"A": "姓名", "B": "科室"}, "data": [{"A": "李", "B": "儿科"}]}, {"/data/0/A": PERSON}),
    ({"keys": ["xm", "xmbh"], "values": ["李", "33"]}, {"/values/0": PERSON}),
    ({"schema": [{"col": "c", "cn": "姓名"}, {"col": "d", "cn": "金额"}], "data": [["李", 1]]}, {"/data/0/0": PERSON}),
    ({"姓名": {"zh_CN": "李雷", "en": "Li Lei"}, "事项": {"zh": "迁移"}}, {"/姓名/zh_CN": PERSON, "/姓名/en": PERSON}),
    ({"xm": {"value": "李", "display": "姓名"}}, {"/xm/value": PERSON}),
    ({"mother": "乙某", "wife": "大妞", "husband": "无"}, {"/mother": PERSON, "/wife": PERSON}),
    ({"fr": "王五", "frxm": "王五"}, {"/fr": PERSON, "/frxm": PERSON}),
    ({"zh": "提交", "fr": "Envoyer"}, {}),
    ({"field": "xm", "old": "大牛", "new": "二妞"}, {"/old": PERSON, "/new": PERSON}),
    ({"field": "status", "old": "待审", "new": "通过"}, {}),
    ({"title": "手机", "new": 3}, {}),
    ({"sjh": {"before": "1", "after": "2"}}, {"/sjh/before": MOBILE, "/sjh/after": MOBILE}),
    (
        {"ipAddress": "10.0.0.1", "macAddress": "3c:52:82:0a:1b:2c", "login_ip": "fe80::1", "MAC": "3C52820A1B2C"},
        {"/ipAddress": "ip", "/macAddress": "mac", "/login_ip": "ip", "/MAC": "mac"},
    ),
    ({"serverIp": "10.0.0.1", "version": "10.0.0.1", "ip": "-", "mac": "M2", "ipAddress": "10.0.0.0/8"}, {}),
    ({"xm": {"_text": "李"}, "a": [{"@name": "xm", "#text": "李"}]}, {"/xm/_text": PERSON, "/a/0/#text": PERSON}),
    ({"list": [{"q": "您的姓名", "a": "李"}, {"q": "满意度", "a": "好"}]}, {"/list/0/a": PERSON}),
    ({"citizens": {"edges": [{"node": {"fullName": "李"}}]}}, {"/citizens/edges/0/node/fullName": PERSON}),
    ({"resourceType": "Patient", "identifier": [{"system": "urn", "value": "33"}]}, {"/identifier/0/value": ID}),
    (
        {"sqdw": {"mc": "某社区", "dh": "8"}, "caller": "李先生", "家庭成员": ["王", "李小"]},
        {"/sqdw/dh": MOBILE, "/caller": PERSON, "/家庭成员/0": PERSON, "/家庭成员/1": PERSON},
    ),
    ({"ywxm": "李", "lhrxm": "李雷（已故）", "c_name": "李雷"}, dict.fromkeys(("/ywxm", "/lhrxm", "/c_name"), PERSON)),
    ({"ywxm": "大", "c_name": "高等数学", "paramName": "李雷", "readerName": "李雷"}, {"/readerName": PERSON}),
    ({"list": [{"name": "石门坝", "warn": 131.0}, {"name": "马街", "price": 5}]}, {}),
    ([{"name": "石门", "price": 5, "sjh": "8"}], {"/0/name": PERSON, "/0/sjh": MOBILE}),
    ({"head": ["户主", "电费"], "lines": [["李", 12.5], ["王", 8]]}, {"/lines/0/0": PERSON, "/lines/1/0": PERSON}),
    ({"questionTitle": "您的姓名", "questionAnswer": "李"}, {"/questionAnswer": PERSON}),
    ([{"id": "xm", "value": "李"}, {"id": "jg", "value": "通过"}], {"/0/value": PERSON}),
    ({"type": {"name": "居民身份证", "code": "A01"}}, {}),
    ([{"role": "原告", "name": "小李"}, {"role": "被告", "name": "东城公司"}], {"/0/name": PERSON}),
    ([{"dm": "02", "mc": "蒙古族"}], {}),
    ([{"dzxm": "甄", "dzzz": "某街", "dzjg": "通过"}, {"dzzz": "某街"}], {"/0/dzxm": PERSON, "/0/dzzz": "address"}),
    ([{"字段": "姓名", "值": "家"}, {"名称": "面积", "内容": "90"}], {"/0/值": PERSON}),
    ({"sx": {"mc": "许可"}, "a": {"name": "高新区", "code": "1"}, "车主信息": "李"}, {"/车主信息": PERSON}),
    (
        {"sponsorFullName": "寇", "流转农户": "夔", "共有人情况": "师", "birth": {"date": "1990"}},
        {"/sponsorFullName": PERSON, "/流转农户": PERSON, "/共有人情况": PERSON, "/birth/date": "birth_date"},
    ),
    ({"realName": "甄", "appName": "portal"}, {"/realName": PERSON}),
    ({"identity": {"number": "33"}, "order": {"number": "33"}}, {"/identity/number": ID}),
    ({"address": {"use": "home", "text": "某街"}}, {"/address/text": "address"}),
    (
        {"sqjtcy": ["段", "富"], "createByName": "伊"},
        {"/sqjtcy/0": PERSON, "/sqjtcy/1": PERSON, "/createByName": PERSON},
    ),
    ({"errors": {"mobile": "手机号格式不正确", "idCard": "身份证号不能为空"}}, {}),
    ({"CZZT": "李", "CZZTDM": "33", "ZZMC": "居住证"}, {"/CZZT": PERSON, "/CZZTDM": ID}),
    ({"jszh": "330106199001", "jiazhaohao": 33}, {"/jszh": "driving_licence", "/jiazhaohao": ID}),
    ({"name": "高级查询", "children": [{"name": "人口统计", "path": "/rk"}]}, {}),
    ({"children": [{"name": "小宝", "csrq": "2020"}]}, {"/children/0/name": PERSON, "/children/0/csrq": "birth_date"}),
    ([{"callNo": "I242.4/1"}, {"callNo": "13800138000"}], {"/1/callNo": MOBILE}),
    ({"ssn": "123-45-6789", "jszh": "33"}, {"/ssn": "social_no", "/jszh": ID}),
    ({"p_AAC003_1": "某", "psn_no": 33, "aac999": 1}, {"/p_AAC003_1": PERSON, "/psn_no": "social_no"}),
]


@pytest.mark.parametrize(("document", "personal"), DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_names_the_values_that_are_personal_and_no_others(document: Any, personal: dict[str, str]) -> None:
    assert {value.pointer: value.category for value in find_values(document)} == personal


def test_a_value_that_says_several_things_is_named_for_each() -> None:
    found = find_values({"a": "手机13800138000，邮箱a@b.cn"})
    assert {(value.pointer, value.category) for value in found} == {("/a", "mobile"), ("/a", "email")}
    assert [value.why for value in find_values({"sjh": "x"})] == ["key"]


def test_texts_in_which_only_a_tagger_finds_somebody_are_named_where_prose_is_asked_for() -> None:
    the_tagger()
    document = {
        "t": "办件已由窗口人员黄丽接收并转交社会事务科",
        "a": ["被告刘志强驾驶小型轿车与行人发生碰撞", "关于进一步加强安全生产工作的通知"],
        "b": '{"nr": "现住云州市江南区幸福路18号3栋502室"}',
        "lsh": "黄丽",
    }
    found = {(value.pointer, value.category) for value in find_values(document, prose=True)}
    assert found == {("/t", PERSON), ("/a/0", PERSON), ("/b/nr", "address")}
    assert (
        find_values_each([document, {"sjh": 1}, document], prose=True)[0::2] == [find_values(document, prose=True)] * 2
    )
    assert "/t" not in {value.pointer for value in find_values(document)}


def test_what_lies_too_deep_is_named_as_a_whole() -> None:
    document: Any = {"a": "b"}
    for _ in range(DEEPEST):
        document = [document]
    (found,) = find_values(document)
    assert found.pointer == "/0" * DEEPEST


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["xm", "sjh", "name", "columns", "rows", "data", "/", "address"]), inner)
        | inner.map(lambda value: json.dumps(value))
    ),
    max_leaves=20,
)


@given(values)
def test_every_pointer_leads_to_a_value(document: Any) -> None:
    for found in find_values(document):
        value = document
        for step in found.pointer.split("/")[1:]:
            while isinstance(value, str):
                value = json.loads(value)
            step = step.replace("~1", "/").replace("~0", "~")
            value = value[int(step)] if isinstance(value, list) else value[step]


def test_what_keys_tell_is_told_without_a_look_at_the_values() -> None:
    document = {"columns": ["姓名", "备注"], "rows": [["大牛", "13800138000"]], "a": '{"xm": "三毛"}', "sjh": "无"}
    assert told_in(document) == {"/rows/0/0": "person_name", "/a/xm": "person_name"}
