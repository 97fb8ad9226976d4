"""What code raises that is given what it was not made for.

A rule is written by people and read by libraries, which fail over some texts in ways that they do not tell of. Whoever
is at fault, one rule must not end the detection of all others: where rules are read and applied these are caught, and
told with the rule that they come of.
"""

UNFORESEEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,  # among them what is nested too deep
    TypeError,
    ValueError,
)
