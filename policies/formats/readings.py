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
        there = by_category(dict.fromkeys(_found_over(spans, span), 1))
        is_counted = bool(there) and by_category(dict.fromkeys(span.categories, 1)).keys() <= there.keys()
        yield replace(span, categories=()) if is_counted else span


def _found_over(spans: Sequence[Span], span: Span) -> Iterator[str]:
    """What was found in those of *spans* that overlap *span*."""
    at = bisect_right(spans, span.start, key=lambda each: each.end)
    while at < len(spans) and spans[at].start < span.end:
        yield from spans[at].categories
        at += 1
