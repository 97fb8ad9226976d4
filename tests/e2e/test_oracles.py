"""Questions whose answer would tell a hidden value, ways to have an expression evaluated: all refused, saying why."""

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from deploy.demo.people import BATCH
from tests.e2e.answers import html_rows, leaks_in
from tests.e2e.demo import Demo
from tests.e2e.truth import Truth
from tests.patience import PATIENCE_S

HIDDEN, EVALUATED, UNKNOWN = "question_about_hidden_field", "parameter_refused", "parameter_not_declared"
LISTED, LEFT_OUT = "listing_refused", "subject_left_out"
OPERATION = "operation_not_declared"
COLUMNS = ("name", "sex", "ethnicity", "birth_date", "id_no", "mobile", "bank_card", "email", "address", "remark")
OPERATORS = (
    "exact not contains endswith startswith gt gte lt lte like notlike glob in notin isnull notnull isblank notblank"
).split()

RESIDENTS = "/register/residents"
QUESTIONS = {
    # expressions of the caller's
    "/register?sql=select+hex(id_no)+from+residents": EVALUATED,
    "/register?_show_hidden=1&sql=select+1": EVALUATED,
    "/register?SQL=select+1": UNKNOWN,
    "/register.json?sql=select+1": OPERATION,
    "/register.csv?sql=select+1": OPERATION,
    "/register/-/query?sql=select+1": OPERATION,
    "/_memory?sql=select+1": OPERATION,
    "/_internal": OPERATION,
    f"{RESIDENTS}?_where=id_no+like+'3%25'": EVALUATED,
    f"{RESIDENTS}.json?_where=1": EVALUATED,
    f"{RESIDENTS}.csv?_stream=on&_where=1": EVALUATED,
    f"{RESIDENTS}?_wher%65=1": EVALUATED,
    f"{RESIDENTS}?_through=" + quote('{"table": "households", "column": "head_name", "value": "x"}'): EVALUATED,
    f"{RESIDENTS}?_searchmode=raw&_search=x": EVALUATED,
    f"{RESIDENTS}?_fts_table=residents_fts": EVALUATED,
    f"{RESIDENTS}?_fts_pk=id": UNKNOWN,
    f"{RESIDENTS}?_trace=1": EVALUATED,
    f"{RESIDENTS}.json?_shape=array&_nl=on": EVALUATED,
    f"{RESIDENTS}.json?_json=remark": UNKNOWN,
    f"{RESIDENTS}?_timelimit=1": UNKNOWN,
    f"{RESIDENTS}?_ttl=1": UNKNOWN,
    # filters and their parts
    **{f"{RESIDENTS}?{column}={quote('王')}": HIDDEN for column in COLUMNS},
    **{f"{RESIDENTS}?id_no__{operator}=3": HIDDEN for operator in OPERATORS},
    **{f"{RESIDENTS}.json?{column}__contains=1": HIDDEN for column in COLUMNS},
    f"{RESIDENTS}?id=1&id_no__startswith=33": HIDDEN,
    f"{RESIDENTS}?id_no%5F%5Fgt=33": HIDDEN,
    f"{RESIDENTS}?ID_NO=33": UNKNOWN,
    f"{RESIDENTS}?id__id_no__gt=33": UNKNOWN,
    f"{RESIDENTS}?id_no__arraycontains=3": UNKNOWN,
    f"{RESIDENTS}?birth_date__date=1980-01-01": UNKNOWN,
    f"{RESIDENTS}?__contains=3": UNKNOWN,
    f"{RESIDENTS}?rowid=3": UNKNOWN,
    f"{RESIDENTS}?_filter_column=id_no&_filter_op=startswith&_filter_value=33": HIDDEN,
    f"{RESIDENTS}?_filter_column_1=id_no&_filter_op_1=gt&_filter_value_1=33": HIDDEN,
    "/register/households?head_name__startswith=x": HIDDEN,
    "/register/households?household_no=010000001": HIDDEN,
    # searches
    f"{RESIDENTS}?_search_id_no=33": HIDDEN,
    f"{RESIDENTS}?_search_remark=x": HIDDEN,
    f"{RESIDENTS}?_search_nothing=x": UNKNOWN,
    # order
    **{f"{RESIDENTS}?_sort={column}": HIDDEN for column in COLUMNS},
    f"{RESIDENTS}?_sort_desc=id_no": HIDDEN,
    f"{RESIDENTS}.csv?_sort=id_no": HIDDEN,
    f"{RESIDENTS}?_sort=street&_sort=id_no": HIDDEN,
    f"{RESIDENTS}?_sort=rowid": UNKNOWN,
    # lists of values
    **{f"{RESIDENTS}?_facet={column}": LISTED for column in COLUMNS},
    f"{RESIDENTS}.json?_facet=street&_facet=sex": LISTED,
    f"{RESIDENTS}?_facet_array=remark": EVALUATED,
    f"{RESIDENTS}?_facet_date=birth_date": EVALUATED,
    # columns
    f"{RESIDENTS}?_col=name": EVALUATED,
    f"{RESIDENTS}.json?_col=street&_col=name": EVALUATED,
    f"{RESIDENTS}?_nocol=id_no": LEFT_OUT,
    f"{RESIDENTS}.csv?_nocol=street&_nocol=id_no": LEFT_OUT,
    # other ways to the data
    "/register.db": OPERATION,
    "/register-1.db": OPERATION,
    "/register/residents_fts": OPERATION,
    "/register/residents_fts_content.json": OPERATION,
    "/register/sqlite_master": OPERATION,
    "/register/Residents": OPERATION,
    "/register/residents~2Ejson": OPERATION,
    "/register/residents.jsono": OPERATION,
    "/register/residents.blob?_blob_column=remark": OPERATION,
    f"{RESIDENTS}/1.json?_extras=foreign_key_tables": UNKNOWN,
    f"{RESIDENTS}/1.blob?_blob_column=id_no": UNKNOWN,
    f"{RESIDENTS}/1?_col=id_no": UNKNOWN,
    f"{RESIDENTS}/-/insert": OPERATION,
    f"{RESIDENTS}/1/-/update": OPERATION,
    **{f"/-/{page}": OPERATION for page in "metadata versions plugins settings threads actor permissions".split()},
    **{f"/-/{page}": OPERATION for page in "databases.json config messages patterns allow-debug".split()},
    "/-/metadata.json": OPERATION,
    "/-/auth-token?token=x": OPERATION,
    "/-/logout": OPERATION,
    "/.json": OPERATION,
}  # fmt: skip


SEALED = re.compile(r"yb~[A-Za-z0-9._-]+")


@pytest.fixture(scope="module")
def nobody(register: Demo) -> Iterator[httpx.Client]:
    with register.client("register", {"Accept": "application/json"}) as client:
        yield client


@pytest.mark.parametrize("target", QUESTIONS)
def test_is_refused(nobody: httpx.Client, truth: Truth, target: str) -> None:
    answer = nobody.get(target)
    assert answer.json()["reason"] == QUESTIONS[target]
    assert answer.status_code == 403
    assert leaks_in(answer, truth) == set()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("target", ["/register", RESIDENTS, f"{RESIDENTS}/1", "/-/permissions"])
def test_other_methods_are_refused(nobody: httpx.Client, method: str, target: str) -> None:
    assert nobody.request(method, target).json()["reason"] == OPERATION


PAGES = {
    "/register?sql=select+1": ("任意查询语句可绕过一切脱敏", "gets past every mask"),
    f"{RESIDENTS}?_where=1": ("该参数执行任意查询条件", "evaluates an expression"),
    f"{RESIDENTS}?id_no__startswith=33": ("不能按您无权查看的字段查询", "A field you may not see"),
    f"{RESIDENTS}?_facet=name": ("不能脱离具体记录汇总列出", "not listed outside"),
    f"{RESIDENTS}?_nocol=id_no": ("不能去掉标明当事人的字段", "cannot be left out"),
    "/-/settings": ("该操作未在安全策略中声明", "does not know this operation"),
}


@pytest.mark.parametrize("target", PAGES)
def test_a_person_is_told_why(register: Demo, target: str) -> None:
    with register.client("register") as person:
        page = person.get(target)
    assert page.status_code == 403
    assert all(words in page.text for words in PAGES[target])
    assert page.headers["yingbi-event"] in page.text


def test_grants_widen_questions_by_what_they_show_and_no_further(register: Demo, truth: Truth) -> None:
    first = truth.rows["residents"][0]
    asked = f"{RESIDENTS}.json?_shape=array&name={quote(str(first['name']))}&mobile={first['mobile']}"
    with register.clerk("register") as clerk:
        assert [row["id"] for row in clerk.get(asked).json()] == [1]
        for refused in ("?id_no__gt=1", "?_sort=id_no", "?_facet=name", "?_nocol=id_no", "?remark__contains=1"):
            assert clerk.get(RESIDENTS + refused).status_code == 403
    with register.client("register", {"X-API-Key": register.keys[BATCH]}) as batch:  # who sees digests only
        for refused in ("?id_no=1", "?_sort=id_no", "?_facet=id_no", "?name=1"):
            assert batch.get(RESIDENTS + refused).status_code == 403


@pytest.mark.parametrize("query", ["", "_nosuggest=", "_nosugges%74=&_nosuggest="])
def test_no_facet_is_suggested(register: Demo, nobody: httpx.Client, truth: Truth, query: str) -> None:
    """Datasette suggests to list the sexes of these three, and would not if all were men: that tells the third's."""
    target = f"{RESIDENTS}.json?id__in=1,2,3&{query}"
    behind = httpx.get(
        f"http://127.0.0.1:{register.ports['register']}{target}", trust_env=False, timeout=PATIENCE_S
    ).json()
    assert {row["sex"] for row in truth.rows["residents"][:3]} == {"男", "女"}
    assert "sex" in {facet["name"] for facet in behind["suggested_facets"]}
    answer = nobody.get(target)
    assert len(answer.json()["rows"]) == 3
    assert answer.json()["suggested_facets"] == []
    page = nobody.get(f"{RESIDENTS}?id__in=1,2,3&{query}", headers={"Accept": "text/html"})
    assert "Suggested facets" not in page.text


def test_a_guess_that_the_page_repeats_is_not_confirmed(register: Demo, truth: Truth) -> None:
    """Nobody may filter by a name, but may say one: what the page makes of it is the same for everybody's row."""
    first = truth.rows["residents"][0]
    with register.client("register") as nobody:
        for right, wrong in (
            (str(first["name"]), "陈一二"),
            (str(first["birth_date"]), "1968-02-30"),
            (str(first["address"]), "云溪区一路二号"),
        ):
            pages = [nobody.get(f"{RESIDENTS}?id=1&street__not={guess}") for guess in (right, wrong)]
            one, other = (
                page.text.replace(guess, "").replace(quote(guess), "")
                for page, guess in zip(pages, (right, wrong), strict=True)
            )
            assert SEALED.sub("", re.sub(r"[0-9.]+ms", "", one)) == SEALED.sub("", re.sub(r"[0-9.]+ms", "", other))
            assert all('street != "***"' in page.text for page in pages)


@pytest.mark.parametrize(
    "asked",
    [
        "status__not=已办结",
        "registered_on__gte=2024-03-09",
        "registered_on__gt=2020-01-02&registered_on__lt=2020-12-30",
        "street__notin=青麦镇,竹隐镇",
        "street__in=青麦镇,竹隐镇&_size=3",
        "status__in=待补正,办理中&_sort=status",
        "_search=青麦镇&status__not=已办结",
    ],
)
def test_what_was_asked_is_asked_on_by_links_and_forms(register: Demo, asked: str) -> None:
    """No row of the page shows what was said, so it is hidden in it; what the page leads to is the same question."""
    with register.client("register") as person:

        def total(target: str) -> int:
            return int(person.get(target).json()["filtered_table_rows_count"])

        page = person.get(f"{RESIDENTS}?{asked}").text
        expected = total(f"{RESIDENTS}.json?{asked}&_shape=objects")
        exported = html.unescape(re.findall(r'href="([^"]+\.json[^"]*)"', page)[0])
        assert total(exported + "&_shape=objects") == expected
        following = person.get(html.unescape(re.findall(r'href="([^"]+)">Next page', page)[0])).text
        rows = re.findall(r"([\d,]+) rows?", following)
        assert int(rows[0].replace(",", "")) == expected
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        assert "***" not in {value for _, value in hidden}


@pytest.mark.parametrize("value", ["***", "yb~y1.00000000.AAAA", "yb~"])
def test_what_does_not_open_asks_nothing(nobody: httpx.Client, value: str) -> None:
    answer = nobody.get(f"{RESIDENTS}.json?status__not={value}")
    assert (answer.status_code, answer.json()["reason"]) in ((409, "mask_returned"), (404, "unknown_handle"))


def test_what_was_sealed_opens_for_who_said_it(register: Demo) -> None:
    with register.client("register") as nobody, register.clerk("register") as clerk:
        page = nobody.get(f"{RESIDENTS}?street__not=云海镇").text
        (token,) = set(SEALED.findall(page)[:1])
        assert nobody.get(f"{RESIDENTS}.json?street__not={token}").status_code == 200
        other = clerk.get(f"{RESIDENTS}.json?street__not={token}", headers={"Accept": "application/json"})
        assert (other.status_code, other.json()["reason"]) == (404, "unknown_handle")


def test_a_list_of_days_does_not_tell_which_of_them_is_a_birth_date(register: Demo, truth: Truth) -> None:
    """The days on which people were registered, beside one child who was born on such a day."""
    born = {str(row["birth_date"]): row for row in truth.rows["residents"]}
    with register.client("register") as nobody:

        def listed(after: int) -> str:
            page = nobody.get(f"{RESIDENTS}?_size=1&_next={after}&_facet=registered_on&_facet_size=200")
            return page.text.partition('class="facet-results"')[2].partition("<table")[0]

        child = next(born[day] for day in re.findall(r"registered_on=([0-9-]{10})", listed(0)) if day in born)
        beside_the_child = listed(int(str(child["id"])) - 1)
    assert f"registered_on={child['birth_date']}" in beside_the_child
    assert "***" not in beside_the_child


def test_what_is_shown_may_be_asked_about(nobody: httpx.Client, truth: Truth) -> None:
    """Filters, searches, order and lists by columns that everybody sees."""
    rows = truth.rows["residents"]
    street = str(rows[0]["street"])
    in_street = [row["id"] for row in rows if row["street"] == street]
    for asked in (f"street={street}", f"street__exact={street}", f"street__in={street}"):
        page = nobody.get(f"{RESIDENTS}.json?{asked}&_shape=array&_size=1000").json()
        assert [row["id"] for row in page] == in_street[:1000]
    found = nobody.get(f"{RESIDENTS}.json?_search={street}&_size=1000&_shape=objects").json()
    assert found["filtered_table_rows_count"] == len(in_street)
    assert nobody.get(f"{RESIDENTS}.json?_search_street={street}").json()["filtered_table_rows_count"] == len(in_street)
    last = nobody.get(f"{RESIDENTS}.json?_sort_desc=id&_size=5&_shape=array").json()
    assert [row["id"] for row in last] == [10_000, 9_999, 9_998, 9_997, 9_996]
    facets = nobody.get(f"{RESIDENTS}.json?_facet=status&_size=0").json()["facet_results"]["status"]["results"]
    assert {facet["value"]: facet["count"] for facet in facets} == {
        status: sum(row["status"] == status for row in rows) for status in {str(row["status"]) for row in rows}
    }
    answer = nobody.get(f"{RESIDENTS}?_filter_column=street&_filter_op=exact&_filter_value={street}")
    assert answer.status_code == 302
    page = nobody.get(answer.headers["location"], headers={"Accept": "text/html"})
    assert {row["street"] for row in html_rows(page.text)} == {street}
    page = nobody.get(f"{RESIDENTS}?_nocol=street&_size=5", headers={"Accept": "text/html"})
    assert all("street" not in row and row["id"] for row in html_rows(page.text))


def test_no_value_of_a_question_is_written_down(register: Demo, nobody: httpx.Client, truth: Truth) -> None:
    values = ("云澜街道", "q7f3k9", "13912345678", "330106198001011234", "select+hex")
    asked = (
        "?street=云澜街道", "?_search=q7f3k9", "?id=13912345678", "?id_no=330106198001011234", "?sql=select+hex(id_no)",
        "?q7f3k9=1", "/q7f3k9", "/q7f3k9.json", "?_next=q7f3k9", "?_sort=q7f3k9",
    )  # fmt: skip
    for query in asked:
        nobody.get(RESIDENTS + query)
        nobody.get(f"/register{query}")
    written = json.dumps(register.gateway.events(), ensure_ascii=False)
    written += "".join(register.gateway.said(worker) for worker in (0, 1))
    for value in (*values, quote("云澜街道")):
        assert value not in written
    # Moments and digests hold digits of their own; a number of somebody is no part of them.
    assert {found for found in truth.found_in(written) if found[0] != "birth_date"} == set()
    operations = {event["yingbi"]["operation"] for event in register.gateway.events()}
    assert all(operation == "unknown" or operation.startswith("GET /") for operation in operations)
    assert f"GET {RESIDENTS}/{{key}}" in operations
