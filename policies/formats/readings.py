"""What two readings of one text find in it: hidden is what either finds, and what both find is counted once."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.formats.finder import Span, merge
from policies.formats.found import by_category


def with_told(spans: Sequence[Span], told: Sequence[Span]) -> list[Span]:
    """*spans*, which are apart and in order, and those that are *told* besides; those that overlap are made one."""
    return merge([*spans, *_uncounted(spans, told)])


def _uncounted(spans: Sequence[Span], told: Sequence[Span]) -> Iterator[Span]:
    """Those that are *told*, without what is to be counted where the same was found there among *spans*."""
    for span in told:
        at = bisect_right(spans, span.start, key=lambda each: each.end)
        is_there = at < len(spans) and spans[at].start < span.end
        there = by_category(dict.fromkeys(spans[at].categories, 1)) if is_there else {}
        is_counted = bool(there) and by_category(dict.fromkeys(span.categories, 1)).keys() <= there.keys()
        yield replace(span, categories=()) if is_counted else span
