"""What a field is called says the same in every format: one reader reads heads, elements, columns and labels."""

from urllib.parse import quote

import pytest

from policies.documents.desk import masked_file

KEYS = ("txtXM", "xingm", "stdntNm", "c_lxdh", "idCardEnc", "家住哪里", "就诊流水号")
FRIENDS = ("xmmc", "deptName", "phoneMask", "办理结果")
VALUE = "未填七丙"
FORMATS = {
    "a.json": '{{"sx": "低保", "{key}": "{value}"}}',
    "rows.json": '{{"columns": ["sx", "{key}"], "rows": [["低保", "{value}"]]}}',
    "fields.json": '[{{"label": "{key}", "value": "{value}"}}]',
    "a.csv": "sx,{key}\n低保,{value}\n低保,{value}\n",
    "a.xml": "<r><{key}>{value}</{key}><sx>低保</sx></r>",
    "attribute.xml": '<r sx="低保" {key}="{value}"/>',
    "field.xml": '<r><field name="{key}" value="{value}"/></r>',
    "input.html": '<form><input name="{key}" value="{value}"></form>',
    "table.html": "<table><tr><th>事项</th><th>{key}</th></tr><tr><td>低保</td><td>{value}</td></tr></table>",
    "list.html": "<dl><dt>{key}</dt><dd>{value}</dd></dl>",
    "a.sql": "INSERT INTO t (sx, `{key}`) VALUES ('低保', '{value}');\n",
    "a.yaml": "sx: 低保\n{key}: {value}\n",
    "a.properties": "sx=低保\n{key}={value}\n",
    "a.md": "| 事项 | {key} |\n| --- | --- |\n| 低保 | {value} |\n",
    "a.jsonl": '{{"{key}": "{value}"}}\n{{"sx": "低保"}}\n',
    "a.form": "sx=1&{key}={value}",
    "a.txt": "{key}：{value}\n",
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_name_of_a_field_tells_in_every_format(name: str) -> None:
    spelled = quote if name.endswith(".form") else str
    left = set()
    for key in (*KEYS, *FRIENDS):
        text = FORMATS[name].format(key=spelled(key), value=spelled(VALUE))
        if spelled(VALUE) in masked_file(name, text.encode())[0].decode():
            left.add(key)
    assert left == set(FRIENDS)
