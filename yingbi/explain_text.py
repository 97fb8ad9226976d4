"""Why each piece of personal data in a text is taken for that: where it stands, its kind, how sure, what decided.

What stands there is not said: who asks has the text, and a screen may be looked at by others.
"""

from collections.abc import Iterator

from policies.recognisers.find import find_each
from yingbi.category_names import named

WHY = {
    "checksum": "校验位正确 / its check digit holds",
    "pattern": "格式符合 / its form",
    "context": "旁边的词说明 / a word beside it tells",
    "model": "模型识别 / the model tells",
    "repeated": "同一段话里已认出 / known from elsewhere in the text",
}
"""By what `Hit.why` says, in the order in which it is told."""
NOTHING = "没有找到个人信息 / nothing personal was found"


def lines_of_text(text: str, *, prose: bool) -> Iterator[str]:
    """What is found in *text*, line by line of it: `line:column` from 1, in characters. *prose*: by the model as well.

    Raises NoWeights where *prose* is asked for and there is no model.
    """
    is_any = False
    lines = text.splitlines()
    for number, hits in enumerate(find_each(lines, prose=prose), 1):
        for hit in hits:
            is_any = True
            why = "；".join(WHY.get(each, each) for each in hit.why.split(","))
            length = hit.end - hit.start
            yield f"{number}:{hit.start + 1} ({length} 字 / characters)  {named(hit.category)}  {hit.score:.2f}  {why}"
    if not is_any:
        yield NOTHING
