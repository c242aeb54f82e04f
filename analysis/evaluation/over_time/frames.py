"""Group frames: what the tables of scores by group and over time hold."""

from analysis.declared.schema import Field, Kind, Schema

_MODEL = Field("model", Kind.TEXT, "name of the model")
_RATIO = Field("observed_over_expected", Kind.NUMBER, "churned, divided by expected", may_lack=True)
_LOW = Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, which holds for dependent rows", may_lack=True)
_HIGH = Field("conf_high", Kind.NUMBER, "upper end", may_lack=True)

BY_GROUP = Schema(
    "by_group",
    "a group of accounts under one model, all quarters together",
    (
        Field("by", Kind.TEXT, "what the groups are of"),
        Field("group", Kind.TEXT, "its label; missing where it is not known", may_lack=True),
        _MODEL,
        Field("n_events", Kind.WHOLE, "of them, left within the horizon", may_lack=True),
        _RATIO,
        Field("is_hidden", Kind.FLAG, "whether its numbers are, for there are too few accounts, here or beside"),
        Field("has_enough", Kind.FLAG, "whether enough of its accounts left for how they were ranked to be told"),
        Field("n_accounts", Kind.WHOLE, "accounts that were in it on a landmark", may_lack=True),
        Field("n_rows", Kind.WHOLE, "forecasts", may_lack=True),
        Field("expected", Kind.NUMBER, "of them, forecast to leave", may_lack=True),
        _LOW,
        _HIGH,
        Field("auc", Kind.NUMBER, "share of (churned, stayed) pairs of a landmark in the right order", may_lack=True),
        Field("ipa", Kind.NUMBER, "index of prediction accuracy, 1 for certainty", may_lack=True),
        Field("log_score", Kind.NUMBER, "mean negative log likelihood, lower is better", may_lack=True),
    ),
)
CALIBRATION_OVER_TIME = Schema(
    "calibration_over_time",
    "a scored landmark under one model",
    (
        Field("landmark", Kind.DAY, "on which the forecast would have been made"),
        _MODEL,
        Field("n_rows", Kind.WHOLE, "accounts at risk"),
        Field("n_events", Kind.WHOLE, "of them, left within the horizon"),
        Field("expected", Kind.NUMBER, "of them, forecast to leave"),
        _RATIO,
        _LOW,
        _HIGH,
    ),
)
COVARIATE_DRIFT = Schema(
    "covariate_drift",
    "a covariate on a scored landmark, beside what was learned from before it",
    (
        Field("landmark", Kind.DAY, "on which the forecast would have been made"),
        Field("covariate", Kind.TEXT, "its name"),
        Field("family", Kind.TEXT, "of factors"),
        Field("stability_index", Kind.NUMBER, "population stability index: 0 where the distributions are alike"),
        Field("by_chance", Kind.NUMBER, "what it exceeds in one of 20 cases where nothing moved"),
        Field("n_training", Kind.WHOLE, "accounts learned from"),
        Field("n_scored", Kind.WHOLE, "accounts scored"),
        Field("difference", Kind.NUMBER, "of means, in standard deviations; numbers only", may_lack=True),
        Field("missing_training", Kind.NUMBER, "share without a value among the rows learned from"),
        Field("missing_scored", Kind.NUMBER, "among those scored"),
        Field("drift", Kind.TEXT, "'steady', 'somewhat', 'moved' or 'cant_tell'"),
    ),
)
