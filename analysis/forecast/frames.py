"""Frames: what the tables of a forecast hold."""

from analysis.cohort.frames import KNOWN_LEAVERS
from analysis.declared.schema import Field, Kind, Schema

ACCOUNTS = Schema(
    "accounts",
    "an account at risk at the last landmark",
    (
        Field("lifetime_id", Kind.KEY, "its lifetime at risk"),
        Field("account_id", Kind.TEXT, "the account"),
    ),
)
"""And for each model its probability of churn by the end of the horizon."""
CALL_LIST = Schema(
    "call_list",
    "an account at risk, the most likely to leave first",
    (
        Field("account_id", Kind.TEXT, "the account"),
        Field("rank", Kind.NUMBER, "by probability, from 1; equals share the first of theirs"),
        Field("probability", Kind.NUMBER, "of leaving by the end of the horizon, by the quoted model"),
        Field("tier", Kind.TEXT, "of its risk: 'high', 'middle' or 'low'"),
        Field("arr", Kind.NUMBER, "what it pays in a year, as on the landmark", may_lack=True, may_be_absent=True),
        Field("expected_loss", Kind.NUMBER, "probability times ARR", may_lack=True, may_be_absent=True),
        Field("rank_by_loss", Kind.NUMBER, "by expected loss, from 1", may_lack=True, may_be_absent=True),
        Field("segment", Kind.TEXT, "its label, small groups pooled", may_be_absent=True),
        Field("owner", Kind.TEXT, "who looks after it, today", may_lack=True, may_be_absent=True),
        Field("seats", Kind.NUMBER, "as on the landmark", may_lack=True, may_be_absent=True),
        Field("term", Kind.TEXT, "kind of its contract's term", may_lack=True, may_be_absent=True),
        Field("days_to_renewal", Kind.NUMBER, "from the landmark", may_lack=True, may_be_absent=True),
        Field("renews_on", Kind.DAY, "the next end of a term, on the snapshot", may_lack=True, may_be_absent=True),
        Field("notice_by", Kind.DAY, "last day to give notice for it, or past", may_lack=True, may_be_absent=True),
        Field("notice", Kind.TEXT, "that day: 'ahead', 'passed', 'no_period' or 'no_term' known", may_be_absent=True),
        Field("probability_before", Kind.NUMBER, "as forecast a quarter earlier", may_lack=True, may_be_absent=True),
        Field("rank_before", Kind.NUMBER, "its place in the list then", may_lack=True, may_be_absent=True),
        Field("change", Kind.TEXT, "'joined', 'new', 'rising', 'falling' or 'as_before'", may_be_absent=True),
        Field("comes_due", Kind.FLAG, "whether a term or deadline has come within the horizon", may_be_absent=True),
        Field("family", Kind.TEXT, "that raises its forecast most, or 'none'"),
        Field("peers", Kind.NUMBER, "mean probability of accounts as near to a renewal", may_lack=True),
        Field("reasons", Kind.SEVERAL, "the families that raise its forecast above its peers', largest first"),
    ),
)
HELD = Schema(
    "held",
    "an interval that could have been told at the start of a past quarter",
    (
        Field("landmark", Kind.DAY, "the quarter's first day"),
        Field("n_quarters", Kind.WHOLE, "quarters settled by then, from which the variation between them was learned"),
        Field("of", Kind.TEXT, "'count' of accounts, or 'loss': what they pay in a year"),
        Field("level", Kind.NUMBER, "probability that it should hold what comes"),
        Field("expected", Kind.NUMBER, "by the model"),
        Field("observed", Kind.NUMBER, "what came"),
        Field("low", Kind.NUMBER, "lower end"),
        Field("high", Kind.NUMBER, "upper end"),
        Field("holds", Kind.FLAG, "whether what came lies within"),
        Field("chance_low", Kind.NUMBER, "lower end of the interval that holds chance alone"),
        Field("chance_high", Kind.NUMBER, "upper end"),
        Field("chance_holds", Kind.FLAG, "whether what came lies within that one"),
    ),
)
ENDS = Schema(
    "ends",
    "a cause of ending",
    (
        Field("cause", Kind.TEXT, "'churn', 'involuntary' or 'merged'"),
        Field("expected", Kind.NUMBER, "accounts, by the end of the horizon", may_lack=True),
        Field("low", Kind.NUMBER, "the fewest that chance alone may make of it (95% interval)", may_lack=True),
        Field("high", Kind.NUMBER, "the most", may_lack=True),
        Field("n_ends", Kind.WHOLE, "lifetimes ended by it, of those learned from"),
    ),
)
LEAVERS = Schema(
    "leavers",
    "a lifetime under notice at the snapshot",
    (
        *KNOWN_LEAVERS.fields,
        Field("arr", Kind.NUMBER, "what it pays in a year, in the currency of the source", may_lack=True),
    ),
)
SHRINKING = Schema(
    "shrinking",
    "an account at risk, the most likely to shrink first",
    (
        Field("lifetime_id", Kind.KEY, "its lifetime at risk"),
        Field("account_id", Kind.TEXT, "the account"),
        Field("probability", Kind.NUMBER, "of a contraction by the end of the horizon, by the quoted model"),
    ),
)
"""And for each model its probability of the same."""
