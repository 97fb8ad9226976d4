"""Reads which files may be sent, and what is done with personal data in them."""

from policies.documents.registry import FORMATS, named_by
from policies.formats.sent_form import SIGNATURES
from policies.operations import Files
from policies.parse.section import Section
from policies.policy_kinds import Uploaded

MOST_KIB = 1_000
"""Of a file that is sent: a request is 1 MiB at most."""
LOOKED_INTO = tuple(document.media_types[0] for document in FORMATS)
"""Media types of files that can be looked into."""
TYPES = (*SIGNATURES, *(each for each in LOOKED_INTO if each not in SIGNATURES))


def parse_files(parent: Section, key: str) -> Files | None:
    """The files that may be sent, as declared under *key*; None where none may."""
    section = parent.section(key, required=False)
    if section is None:
        return None
    types, most_kib = section.texts("types"), section.number("most_kib", least=1, most=MOST_KIB, default=256)
    personal = section.choice("personal", Uploaded) if "personal" in section.node.nodes else None
    section.done()
    for media_type in types:
        if media_type not in TYPES:
            message = f"`{media_type[:80]}` is none of the kinds of files that may be sent: {', '.join(TYPES)}"
            about = f"`{media_type[:80]}` 不是可以上传的文件类型：{'、'.join(TYPES)}"
        elif media_type not in SIGNATURES and personal is None:
            message = (
                f"a file of `{media_type}` could be a list that was shown masked: say what is done with personal data "
                "in it, `personal: record`, `mask` or `refuse`, so that it is looked into"
            )
            about = f"`{media_type}` 可能是导出的脱敏名单，须写明 `personal`（record、mask、refuse），网关才看它的内容"
        elif personal is not None and not named_by(media_type):
            message = f"no file of `{media_type}` can be looked into: leave out the type, or `personal`"
            about = f"`{media_type}` 的内容看不了，不能与 `personal` 同用"
        else:
            continue
        section.find(section.place_of("types"), "file-type", message, about=about)
    return Files(types=types, most_kib=most_kib, personal=personal) if types and most_kib else None
