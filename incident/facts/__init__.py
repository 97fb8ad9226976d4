"""The facts that a journal records, by what they are about; `incident.journal.Fact` is any of them.

They hold ids, counts, times and texts that people wrote about the case; never a value of a subject (invariant 3).
"""
