"""Alarm: what one audit looked for, what it measured, and whether it found it."""

from dataclasses import dataclass

from analysis.nonparametric import normal_quantile

Z = normal_quantile(0.95)
"""Of the intervals of alarms."""


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
