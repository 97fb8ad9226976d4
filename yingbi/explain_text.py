"""Why each piece of personal data in a text is taken for that: where it stands, its kind, how sure, what decided.

What stands there is not said: who asks has the text, and a screen may be looked at by others.
"""

from collections.abc import Iterator

from policies.formats.found import words_of
from policies.recognisers.category_names import named
from policies.recognisers.find import find_each

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
            why = words_of(hit.why)
            length = hit.end - hit.start
            yield f"{number}:{hit.start + 1} ({length} 字 / characters)  {named(hit.category)}  {hit.score:.2f}  {why}"
    if not is_any:
        yield NOTHING
