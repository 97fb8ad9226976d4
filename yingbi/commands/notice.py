"""`yingbi notice list | render | export | verify`: what a template makes of a case, and what was published of it."""

import argparse
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain

AUDIENCES = ("public", "plain", "hotline", "wechat", "english")
"""See `incident.audience.Audience`."""
FORMATS = ("html", "docx", "pdf", "txt", "json")


def add_notice(commands: Commands) -> None:
    """Name the commands `yingbi notice …` to the parser."""
    notice = commands.add_parser(
        "notice", help="公众通告 / public notices", epilog="example: yingbi notice list --templates"
    )
    group = notice.add_subparsers(dest="notice", required=True, metavar="COMMAND")
    listing = add_command(
        group, "list", _list, "列出通告模板 / say which templates there are", "yingbi notice list --templates"
    )
    listing.add_argument("--templates", action="store_true", required=True, help="模板和对象 / templates and audiences")
    listing.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    rendering = add_command(
        group,
        "render",
        _render,
        "按案件的事实填写模板，不能发布时返回 1 / fill in a template from the facts of a case",
        "yingbi notice render C-20261126-001 --template bulk-retrieval --format txt",
    )
    rendering.add_argument("case", metavar="CASE", help="案件编号 / its number")
    rendering.add_argument("--template", required=True, metavar="T", help="模板名 / its name")
    rendering.add_argument(
        "--audience", choices=AUDIENCES, default="public", help="写给谁，默认公众 / whom for; the public by default"
    )
    rendering.add_argument("--format", choices=FORMATS, default="txt", help="格式 / its format; txt by default")
    verifying = add_command(
        group,
        "verify",
        _verify,
        "核对机器可读的通告和它的签名，不是原样时返回 1 / check a notice for machines: 1 if it is not what was signed",
        "yingbi notice verify N-20261126-001.json --key notices.pem",
    )
    verifying.add_argument("file", type=Path, metavar="FILE", help="从通告网站下载的 JSON / the JSON from the site")
    verifying.add_argument(
        "--key", type=Path, required=True, metavar="PUBLIC", help="单位公布的公钥，PEM 或 JWKS / PEM or JWKS"
    )
    verifying.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    exporting = add_command(
        group,
        "export",
        _export,
        "把整个通告网站写成静态文件 / write the public site as files that any web server serves",
        "yingbi notice export /srv/notices",
    )
    exporting.add_argument("folder", type=Path, metavar="DIR", help="空目录，或以前导出的 / empty, or exported before")
    rendering.add_argument("-o", "--output", type=Path, metavar="OUT", help="写入文件 / write it to this file")


def _list(given: argparse.Namespace) -> int:
    import json

    from incident.audience import AUDIENCES as NAMES
    from incident.audience import templates_in
    from yingbi.notices.press import own_templates
    from yingbi.settings import read_settings

    names = templates_in(own_templates(read_settings()))
    if given.json:
        audiences = {each.value: {"zh": name.zh, "en": name.en} for each, name in NAMES.items()}
        print(json.dumps({"templates": names, "audiences": audiences}, ensure_ascii=False, indent=2))
    else:
        print(
            *names, "", *(f"--audience {each.value}  {name.zh} / {name.en}" for each, name in NAMES.items()), sep="\n"
        )
    return FINE


def _export(given: argparse.Namespace) -> int:
    from bulletin.files import NotOurs, write_site
    from bulletin.shelf import Shelf
    from yingbi.home import Home
    from yingbi.settings import read_settings
    from yingbi.site import site_of

    settings = read_settings()
    try:
        shelf = Shelf(Home(settings.home).notices)
        count = write_site(given.folder, shelf.notices(), site_of(settings), shelf.proofs())
    except NotOurs as problem:
        complain(str(problem))
        return COULD_NOT
    except OSError as error:
        complain(f"{given.folder}：写不了 / it cannot be written: {error.strerror}")
        return COULD_NOT
    print(f"{count} 个文件 / files")
    return FINE


def _verify(given: argparse.Namespace) -> int:
    import json

    from policies.keys.detached import public_keys_in
    from yingbi.notices.proof import VERDICTS, NoNotice, check_notice

    try:
        keys, data = public_keys_in(given.key), given.file.read_bytes()
        found = check_notice(data, keys)
    except OSError as error:
        complain(f"{error.filename}：读不了 / cannot be read: {error.strerror}")
        return COULD_NOT
    except ValueError as problem:
        complain(str(problem))
        return COULD_NOT
    except NoNotice as problem:
        complain(f"{given.file}：{problem}")
        return COULD_NOT
    if given.json:
        versions = [{"number": v.number, "verdict": v.verdict, "withdrawn": v.withdrawn} for v in found.versions]
        print(json.dumps({"id": found.id, "valid": found.valid, "versions": versions}, ensure_ascii=False, indent=2))
        return FINE if found.valid else FOUND
    for each in found.versions:
        verdict = VERDICTS[each.verdict]
        line = f"{found.id} 第 {each.number} 版 / version {each.number}：{verdict.zh} / {verdict.en}"
        if each.withdrawn:
            line += "；已撤回 / withdrawn"
        elif each.statement and each.statement.content:
            line += f"；{each.statement.at.isoformat(timespec='seconds')} {each.statement.content.title_zh}"
        print(line)
    return FINE if found.valid else FOUND


def _render(given: argparse.Namespace) -> int:
    import sys

    from incident.audience import Audience
    from incident.rendition import rendition_of
    from policies.recognisers.weights import NoWeights
    from yingbi.case_read import CannotTell, case_in
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.notices.file import notice_file
    from yingbi.notices.scan import full_scan
    from yingbi.notices.shelf import press_in
    from yingbi.settings import read_settings
    from yingbi.site import site_of

    settings = read_settings()
    try:
        case = case_in(Home(settings.home), given.case)
        press = press_in(settings)
        rendition = rendition_of(case, given.template, Audience(given.audience), press, full_scan, now())
    except (CannotTell, ValueError, NoWeights) as problem:
        complain(str(problem))
        return COULD_NOT
    data = notice_file(rendition, given.format, site_of(settings))
    try:
        if given.output:
            given.output.write_bytes(data)
        else:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    except OSError as error:
        complain(f"{given.output}：写不了 / it cannot be written: {error.strerror}")
        return COULD_NOT
    for found in rendition.problems:
        complain(f"{found.text.zh} / {found.text.en}")
    return FOUND if rendition.problems else FINE
