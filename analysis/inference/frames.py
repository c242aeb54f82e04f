"""Frames: what the tables of the time-varying Cox model hold."""

from analysis.declared.schema import Field, Kind, Schema

_COLUMN = (
    Field("term", Kind.TEXT, "the column of the design: a covariate, or a level of one"),
    Field("covariate", Kind.TEXT, "the covariate behind it"),
    Field("family", Kind.TEXT, "whose covariate it is"),
    Field("marks_missing", Kind.FLAG, "whether it says that a value is missing, which is not the factor itself"),
)
_P_VALUE = Field("p_value", Kind.NUMBER, "of its test", may_lack=True)

TESTS = Schema(
    "tests",
    "a family with columns in the model",
    (
        Field("family", Kind.TEXT, "its name"),
        Field("n_columns", Kind.WHOLE, "columns tested together, indicators of missing values left out"),
        Field(
            "statistic",
            Kind.NUMBER,
            "mean over its columns of the squared standardised score (global test): 1 on average where it says nothing",
            may_lack=True,
        ),
        Field("p_value", Kind.NUMBER, "of that statistic, by random signs of the clusters", may_lack=True),
    ),
)
RATIOS = Schema(
    "ratios",
    "a column of the model",
    (
        *_COLUMN,
        Field("estimate", Kind.NUMBER, "log hazard ratio per standard deviation, or against absence"),
        Field("std_error", Kind.NUMBER, "of it: cluster-robust, leverage given back (CR2)", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("statistic", Kind.NUMBER, "t: estimate over its error", may_lack=True),
        Field("df", Kind.NUMBER, "its degrees of freedom (Satterthwaite)"),
        _P_VALUE,
        Field("hazard_ratio", Kind.NUMBER, "the estimate as a ratio"),
        Field("hazard_ratio_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("hazard_ratio_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
BOUNDS = Schema(
    "bounds",
    "a column that the model cannot hold: hardly anybody left on one side of it",
    (
        *_COLUMN,
        Field(
            "is_mark",
            Kind.FLAG,
            "whether it has two values: ratios are of the one against the other, not per deviation",
        ),
        Field("says", Kind.TEXT, "'at_most' or 'at_least' where nobody left there, 'between' where few did"),
        Field("n_lifetimes", Kind.WHOLE, "lifetimes on that side"),
        Field("n_clusters", Kind.WHOLE, "parent accounts that these belong to"),
        Field("n_events", Kind.WHOLE, "lifetimes that left there"),
        Field("expected", Kind.NUMBER, "how many would have, had the column no effect"),
        Field(
            "widening", Kind.NUMBER, "of the limits' likelihood ratio, for lifetimes of one parent that leave together"
        ),
        Field(
            "estimate",
            Kind.NUMBER,
            "log hazard ratio by Firth's penalised likelihood: of a mark, or per standard deviation",
        ),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by its profile"),
        Field("conf_high", Kind.NUMBER, "upper end"),
        Field("p_value", Kind.NUMBER, "of the penalised likelihood ratio test"),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over these columns"),
        Field("is_shown", Kind.FLAG, "whether an effect is shown"),
        Field("hazard_ratio", Kind.NUMBER, "the estimate as a ratio"),
        Field("hazard_ratio_low", Kind.NUMBER, "lower end of its 95% interval"),
        Field("hazard_ratio_high", Kind.NUMBER, "upper end"),
    ),
)
DRIFTS = Schema(
    "drifts",
    "a column of the model",
    (
        *_COLUMN,
        Field("estimate", Kind.NUMBER, "log hazard ratio, one for the whole lifetime"),
        Field("statistic", Kind.NUMBER, "chi-square of the test that it drifts over the lifetime", may_lack=True),
        Field("df", Kind.WHOLE, "its degrees of freedom"),
        _P_VALUE,
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the columns", may_lack=True),
        Field("drifts", Kind.FLAG, "whether it is shown to drift"),
    ),
)
EVENT_DATES = Schema(
    "event_dates",
    "a family, its findings by both dates of the event",
    (
        Field("family", Kind.TEXT, "its name"),
        Field("p_value", Kind.NUMBER, "of its joint test, events dated as the study asks", may_lack=True),
        Field("other_p_value", Kind.NUMBER, "of its joint test, events dated the other way", may_lack=True),
        Field("term", Kind.TEXT, "its column that moves most", may_lack=True),
        Field("estimate", Kind.NUMBER, "log hazard ratio of that column", may_lack=True),
        Field("other_estimate", Kind.NUMBER, "the same by the other date", may_lack=True),
        Field("shift", Kind.NUMBER, "what it moves, in robust standard errors", may_lack=True),
    ),
)
