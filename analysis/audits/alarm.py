"""Alarm: what one audit looked for, what it measured, and whether it found it."""

from dataclasses import dataclass

from analysis.curves.nonparametric import normal_quantile

Z = normal_quantile(0.95)
"""Of the intervals of alarms."""


def verdict(is_found: bool, matters: float, *possible: float) -> bool | None:
    """Return True where something is found, None where it may yet be as large as matters, else False.

    Parameters
    ----------
    is_found : bool
    matters : float
        The size from which it misleads.
    possible : float
        What it may be, at worst: an end or both ends of its interval.
    """
    if is_found:
        return True
    return None if not max(abs(size) for size in possible) <= matters else False


@dataclass(frozen=True, slots=True)
class Alarm:
    """One line of an audit's answer.

    Attributes
    ----------
    audit
        Which audit.
    subject
        What it looked at: a covariate, a label, a score; empty where there is but one thing.
    is_raised
        Whether it found what it looked for; None where these data cannot tell.
    estimate, conf_low, conf_high
        What was measured, in the unit that the audit states, and its 95% interval; NaN where there is none.
    p_value
        NaN where no test was made.
    n
        Rows, lifetimes or cells behind it, as the audit states.
    """

    audit: str
    subject: str
    is_raised: bool | None
    estimate: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")
    p_value: float = float("nan")
    n: int = 0
