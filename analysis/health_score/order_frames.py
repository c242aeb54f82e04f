"""Order frames: what the tables of a score's order, colours, warnings and blind leavers hold."""

from analysis.declared.schema import Field, Kind, Schema

_LOW = Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True)
_HIGH = Field("conf_high", Kind.NUMBER, "upper end", may_lack=True)
_ROWS = Field("rows", Kind.TEXT, "'all' with a score, or those 'shared' with the forecasts of past quarters")
_DAYS = Field("days", Kind.WHOLE, "by so many days after the landmark; the last is the whole horizon")
_MEASURE = Field("measure", Kind.TEXT, "'auc' or 'uno_c'")
_N_ROWS = Field("n_rows", Kind.WHOLE, "rows")
_N_LEAVERS = Field("n_leavers", Kind.WHOLE, "distinct lifetimes that churned")
_P = Field("p_value", Kind.NUMBER, "of no difference, two-sided", may_lack=True)
_HOLM = Field("adjusted_p_value", Kind.NUMBER, "the same after Holm's method", may_lack=True)
_HIDDEN = Field("is_hidden", Kind.FLAG, "whether its numbers are, for there are too few accounts, here or beside")

ORDER = Schema(
    "score_order",
    "a measure of order of a score, or of a forecast beside it",
    (
        _ROWS,
        Field("subject", Kind.TEXT, "'score', 'quoted', 'contract_only' or 'base_rate'"),
        _DAYS,
        _MEASURE,
        Field("estimate", Kind.NUMBER, "share of pairs in the right order; 0.5 is no order", may_lack=True),
        _LOW,
        _HIGH,
        _N_ROWS,
        _N_LEAVERS,
    ),
)
ORDER_PAIRS = Schema(
    "score_order_pairs",
    "the score beside one other on the same rows",
    (
        Field("versus", Kind.TEXT, "'quoted', 'contract_only' or 'base_rate'"),
        _DAYS,
        _MEASURE,
        Field("estimate", Kind.NUMBER, "measure of the score less that of the other", may_lack=True),
        _LOW,
        _HIGH,
        _P,
        _HOLM,
    ),
)
ORDER_GROUPS = Schema(
    "score_order_groups",
    "a group of accounts under the score, or a forecast beside it",
    (
        _ROWS,
        Field("by", Kind.TEXT, "what the groups are of"),
        Field("group", Kind.TEXT, "as it was in force on the landmark; missing where not known", may_lack=True),
        Field("subject", Kind.TEXT, "'score', 'quoted' or 'contract_only'"),
        _HIDDEN,
        Field("has_enough", Kind.FLAG, "whether enough left for an order to be told"),
        Field("n_accounts", Kind.WHOLE, "accounts in it", may_lack=True),
        Field("n_rows", Kind.WHOLE, "rows", may_lack=True),
        Field("n_leavers", Kind.WHOLE, "distinct lifetimes that churned", may_lack=True),
        Field("estimate", Kind.NUMBER, "AUC within landmarks and the horizon", may_lack=True),
        _LOW,
        _HIGH,
    ),
)
COLOURS = Schema(
    "score_colours",
    "a colour, or no score",
    (
        Field("colour", Kind.TEXT, "'red', 'yellow', 'green' or 'none'"),
        _HIDDEN,
        Field("n_rows", Kind.WHOLE, "settled rows", may_lack=True),
        Field("n_accounts", Kind.WHOLE, "accounts that ever had it", may_lack=True),
        Field("n_leavers", Kind.WHOLE, "distinct lifetimes that churned within the horizon", may_lack=True),
        Field("rate", Kind.NUMBER, "share of its rows that churned within the horizon", may_lack=True),
        _LOW,
        _HIGH,
        Field("share_of_book", Kind.NUMBER, "of all rows", may_lack=True),
        Field("share_of_leavers", Kind.NUMBER, "of all rows that churned", may_lack=True),
        Field("leavers_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("leavers_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("lift", Kind.NUMBER, "its rate over that of all rows", may_lack=True),
        Field("lift_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("lift_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
COLOUR_STEPS = Schema(
    "score_colour_steps",
    "two neighbouring colours",
    (
        Field("worse", Kind.TEXT, "the worse colour"),
        Field("better", Kind.TEXT, "the better one"),
        Field("difference", Kind.NUMBER, "rate of the worse less that of the better", may_lack=True),
        Field("difference_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
        _P,
        _HOLM,
    ),
)
SCORE_CURVE = Schema(
    "score_curve",
    "a score",
    (
        Field("score", Kind.NUMBER, "0 to 100"),
        Field("rate", Kind.NUMBER, "share that churned within the horizon at such a score, smoothed"),
        Field("conf_low", Kind.NUMBER, "lower end of its pointwise 95% band, which holds for dependent rows"),
        Field("conf_high", Kind.NUMBER, "upper end"),
    ),
)
WARNED = Schema(
    "score_warned",
    "a colour, or no score, so many days before leaving",
    (
        Field("days", Kind.WHOLE, "days at least between the landmark and leaving"),
        Field("colour", Kind.TEXT, "'red', 'yellow', 'green' or 'none'"),
        _N_LEAVERS,
        Field("share_leavers", Kind.NUMBER, "of them of that colour"),
        Field("leavers_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("leavers_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("n_stayers", Kind.WHOLE, "lifetimes of the same landmark, term and tenure band that stayed"),
        Field("share_stayers", Kind.NUMBER, "of them of that colour, weighted to the leavers' distribution"),
        Field("stayers_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("stayers_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("difference", Kind.NUMBER, "share of leavers less that of stayers", may_lack=True),
        Field("difference_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
        _P,
    ),
)
WARNED_COUNTS = Schema(
    "score_warned_counts",
    "days before leaving",
    (
        Field("days", Kind.WHOLE, "days at least between the landmark and leaving"),
        _N_LEAVERS,
        Field("n_not_there", Kind.WHOLE, "of them, not at risk on a landmark so long before"),
        Field("n_unmatched", Kind.WHOLE, "of them, there, but nobody like them stayed"),
        Field("n_compared", Kind.WHOLE, "of them, compared"),
    ),
)
LEAD_TIMES = Schema(
    "score_lead_times",
    "a limit that the score stayed below until leaving",
    (
        Field("below", Kind.TEXT, "'green' (yellow or red) or 'yellow' (red)"),
        _N_LEAVERS,
        Field("n_unknown", Kind.WHOLE, "of them, without a score on the last landmark before leaving"),
        Field("n_above", Kind.WHOLE, "of them, not below it on that landmark: no warning stood"),
        Field("n_fell", Kind.WHOLE, "of them, fell below it and stayed there"),
        Field("n_always", Kind.WHOLE, "of them, below it as far back as scores reach: nothing fell"),
        Field("lead_q25", Kind.NUMBER, "of those that fell: days before leaving, first quartile", may_lack=True),
        Field("lead_median", Kind.NUMBER, "median", may_lack=True),
        Field("lead_q75", Kind.NUMBER, "third quartile", may_lack=True),
    ),
)
ALARMS = Schema(
    "score_alarms",
    "a way to raise alarms, by the score or a forecast beside it",
    (
        Field("alarm", Kind.TEXT, "'capacity' or 'fell'"),
        Field("points", Kind.WHOLE, "by which a score fell; missing of the other", may_lack=True),
        Field("subject", Kind.TEXT, "'score', 'quoted' or 'contract_only'"),
        _ROWS,
        Field("n_landmarks", Kind.WHOLE, "landmarks"),
        _N_ROWS,
        _N_LEAVERS,
        Field("n_alarms", Kind.NUMBER, "rows with an alarm; fractions where risks tie at the limit"),
        Field("n_right", Kind.NUMBER, "of them churned within the horizon"),
        Field("hit_rate", Kind.NUMBER, "right over alarms", may_lack=True),
        Field("hit_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True),
        Field("hit_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("other_rate", Kind.NUMBER, "share of the rows without an alarm that churned", may_lack=True),
        Field("difference", Kind.NUMBER, "hit rate less that share", may_lack=True),
        Field("difference_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
        _P,
        Field("false_per_right", Kind.NUMBER, "alarms that were none, for each that was right", may_lack=True),
        Field("false_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("false_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("n_warned", Kind.NUMBER, "leavers of whom an alarm was raised within a horizon before"),
        Field("share_warned", Kind.NUMBER, "of the leavers", may_lack=True),
        Field("warned_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("warned_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("share_stayers", Kind.NUMBER, "of rows that stayed, had an alarm on as many landmarks", may_lack=True),
    ),
)
FLAGGED = Schema(
    "score_flagged_families",
    "what would have flagged accounts that the score called green",
    (
        Field("way", Kind.TEXT, "'at_all', 'alone', 'any', 'several' or 'none'"),
        Field("family", Kind.TEXT, "of 'at_all' and 'alone': its name", may_lack=True),
        _N_LEAVERS,
        Field("share_leavers", Kind.NUMBER, "of green rows that churned, flagged so"),
        Field("leavers_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("leavers_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("n_stayers", Kind.WHOLE, "green rows that stayed"),
        Field("share_stayers", Kind.NUMBER, "of them, flagged so"),
        Field("stayers_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("stayers_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("difference", Kind.NUMBER, "share of leavers less that of stayers", may_lack=True),
        Field("difference_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
        _P,
        Field("adjusted_p_value", Kind.NUMBER, "of 'at_all' after Holm's method over the families", may_lack=True),
    ),
)
