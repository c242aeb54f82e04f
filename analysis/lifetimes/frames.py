"""Frames: what the tables of lifetimes hold: the book, survival curves, rates, ends, changes."""

from dataclasses import replace

from analysis.cohort.frames import BOOK_BY_QUARTER
from analysis.declared.schema import Field, Kind, Schema

_GROUP = Field("group", Kind.TEXT, "which lifetimes or days at risk")
_CURVE = (
    Field("time", Kind.NUMBER, "days since the lifetime began"),
    Field("n_risk", Kind.WHOLE, "lifetimes at risk"),
    Field("n_event", Kind.WHOLE, "events at that age"),
)
_FROM_AGE = Field("from_age", Kind.NUMBER, "days that all counted here had stayed already; nothing is said of others")
_ESTIMATE = (
    Field("std_error", Kind.NUMBER, "of the estimate", may_lack=True),
    Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
    Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
)

_HIDEABLE = ("at_start", "entered", "churned_of_start", "churned_of_entered", "ended_otherwise")

BOOK = Schema(
    "book",
    BOOK_BY_QUARTER.grain,
    (
        *(replace(field, may_lack=field.name in _HIDEABLE) for field in BOOK_BY_QUARTER.fields),
        Field("rate", Kind.NUMBER, "share of those at its start who churned in it", may_lack=True),
        Field("label", Kind.TEXT, "the month in which it begins"),
        Field("hides_start", Kind.FLAG, "whether those at its start are hidden, too few", may_be_absent=True),
        Field("hides_entered", Kind.FLAG, "whether those that entered are hidden", may_be_absent=True),
    ),
)
CURVES = Schema(
    "curves",
    "an age at which somebody left, in a group",
    (
        _GROUP,
        *_CURVE,
        Field("estimate", Kind.NUMBER, "probability of staying longer", may_lack=True),
        *_ESTIMATE,
        _FROM_AGE,
    ),
)
AT_RISK = Schema(
    "at_risk",
    "a round age, in a group",
    (
        _GROUP,
        Field("time", Kind.WHOLE, "days since the lifetime began"),
        Field("at_risk", Kind.WHOLE, "lifetimes still observed; missing where hidden", may_lack=True),
    ),
)
RATES = Schema(
    "rates",
    "a phase, or a state of the renewal clock",
    (
        _GROUP,
        Field("events", Kind.WHOLE, "churns; all numbers missing where hidden", may_lack=True),
        Field("exposure", Kind.NUMBER, "days at risk", may_lack=True),
        Field("rate", Kind.NUMBER, "churns per year at risk", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its exact 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
BEFORE_RENEWAL = Schema(
    "before_renewal",
    "a kind of term, and so many days before its end",
    (
        Field("kind", Kind.TEXT, "'monthly', 'part_year', 'yearly' (or longer), 'unknown_length' or 'no_term'"),
        Field("days_from", Kind.NUMBER, "fewest days to the end of the term, itself included", may_lack=True),
        Field("days_to", Kind.NUMBER, "up to so many, which is not; missing where there is no limit", may_lack=True),
        Field("lifetimes", Kind.NUMBER, "lifetimes at risk there on some day; missing where hidden", may_lack=True),
        Field("events", Kind.NUMBER, "churns", may_lack=True),
        Field("exposure", Kind.NUMBER, "days at risk", may_lack=True),
        Field("rate", Kind.NUMBER, "churns per year at risk", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its exact 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("is_hidden", Kind.FLAG, "whether the cell is too small to be shown"),
    ),
)
ENDS = Schema(
    "ends",
    "an age at which somebody's lifetime ended, and a cause",
    (
        _GROUP,
        Field("cause", Kind.TEXT, "'churn', 'involuntary' or 'merged'"),
        *_CURVE,
        Field("estimate", Kind.NUMBER, "probability of an end by this cause by then", may_lack=True),
        *_ESTIMATE,
        _FROM_AGE,
    ),
)
CHANGE_CURVES = Schema(
    "changes",
    "an age at which something changed or ended, and a kind of change",
    (
        _GROUP,
        *_CURVE,
        Field("estimate", Kind.NUMBER, "mean number of such changes by then, among all who set out", may_lack=True),
        *_ESTIMATE,
        _FROM_AGE,
    ),
)
TREND = Schema(
    "trend",
    "a settled start of a fiscal quarter",
    (
        Field("quarter_from", Kind.DAY, "its first day"),
        Field("is_hidden", Kind.FLAG, "whether its numbers are hidden, for they are of too few"),
        Field("n", Kind.NUMBER, "lifetimes at risk, and not under notice, on it", may_lack=True),
        Field("churned", Kind.NUMBER, "of these, how many churned within the horizon", may_lack=True),
        Field("rate", Kind.NUMBER, "the same as a share", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
