"""Frames: what the tables of out-of-time forecasts and their scores hold."""

from analysis.declared.schema import Field, Kind, Schema

_MODEL = Field("model", Kind.TEXT, "name of the model")
_N_EVENTS = Field("n_events", Kind.WHOLE, "rows whose account churned within the horizon")
_INTERVAL = (
    Field("conf_low", Kind.NUMBER, "lower end of the 95% interval by resampled accounts", may_lack=True),
    Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
)

PREDICTIONS = Schema(
    "predictions",
    "a lifetime at risk on a scored landmark",
    (
        Field("landmark", Kind.DAY, "on which the forecast would have been made"),
        Field("lifetime_id", Kind.KEY, "the lifetime"),
        Field("account_id", Kind.TEXT, "whose it is"),
        Field("cluster_id", Kind.TEXT, "the parent account that errors are shared with"),
        Field("event", Kind.FLAG, "whether it churned within the horizon"),
    ),
)
"""And for each model its probability of churn within the horizon, missing where it was not fitted."""
BY_FOLD = Schema(
    "by_fold",
    "a model on a scored landmark",
    (
        Field("landmark", Kind.DAY, "on which the forecast would have been made"),
        _MODEL,
        Field("n_rows", Kind.WHOLE, "accounts at risk"),
        _N_EVENTS,
        Field("n_training_rows", Kind.WHOLE, "landmark rows that it learned from"),
        Field("n_training_events", Kind.WHOLE, "lifetimes with event that it learned from"),
        Field("expected", Kind.NUMBER, "accounts that it expected to churn"),
        Field("auc", Kind.NUMBER, "share of (churned, stayed) pairs in the right order", may_lack=True),
        Field("brier", Kind.NUMBER, "mean squared error of its probabilities"),
        Field("log_score", Kind.NUMBER, "mean negative log likelihood, lower is better"),
        Field("ipa", Kind.NUMBER, "index of prediction accuracy, 1 for certainty", may_lack=True),
        Field("observed_over_expected", Kind.NUMBER, "churned, divided by expected", may_lack=True),
    ),
)
POOLED = Schema(
    "pooled",
    "a metric of a model, on the folds that every model has",
    (
        _MODEL,
        Field("metric", Kind.TEXT, "'auc', 'brier', 'log_score', 'ipa' or 'observed_over_expected'"),
        Field("estimate", Kind.NUMBER, "its value", may_lack=True),
        *_INTERVAL,
        Field("n_rows", Kind.WHOLE, "accounts at risk, over all folds"),
        _N_EVENTS,
        Field("n_folds", Kind.WHOLE, "quarters"),
    ),
)
PAIRS = Schema(
    "pairs",
    "two models on the same rows",
    (
        _MODEL,
        Field("versus", Kind.TEXT, "name of the other"),
        Field("metric", Kind.TEXT, "'auc', 'brier', 'log_score' or 'ipa'"),
        Field("estimate", Kind.NUMBER, "metric of the model less that of the other", may_lack=True),
        *_INTERVAL,
    ),
)
RECALIBRATED = Schema(
    "recalibrated",
    "a model, as it was fitted and as it was put right on its out-of-fold forecasts",
    (
        _MODEL,
        Field(
            "slope_plain",
            Kind.NUMBER,
            "slope of outcomes on its log-odds as fitted; 1 where it is calibrated",
            may_lack=True,
        ),
        Field("slope", Kind.NUMBER, "the same as put right", may_lack=True),
        Field("log_score_plain", Kind.NUMBER, "mean negative log likelihood as fitted, lower is better"),
        Field("log_score", Kind.NUMBER, "the same as put right"),
        Field("estimate", Kind.NUMBER, "what putting it right took off the score"),
        *_INTERVAL,
    ),
)
CALIBRATION = Schema(
    "calibration",
    "a group of rows of about equal risk under one model",
    (
        Field("group", Kind.WHOLE, "from 1, lowest risk"),
        Field("n_rows", Kind.WHOLE, "accounts in it"),
        _N_EVENTS,
        Field("predicted", Kind.NUMBER, "mean probability"),
        Field("observed", Kind.NUMBER, "share that churned"),
        Field("conf_low", Kind.NUMBER, "lower end of Wilson's 95% interval of that share"),
        Field("conf_high", Kind.NUMBER, "upper end"),
        _MODEL,
    ),
)
CHOICES = Schema(
    "choices",
    "a day on which a model is chosen, the last one that of the forecast quoted now",
    (
        Field("landmark", Kind.DAY, "on which the forecast would have been made; nothing later was known"),
        _MODEL,
        Field("ground", Kind.TEXT, "'earlier_quarters', 'inner_folds' or 'nothing'"),
        Field("n_quarters", Kind.WHOLE, "earlier quarters that it rests on"),
        Field("n_events", Kind.WHOLE, "of its ground: accounts that left"),
        Field("log_score", Kind.NUMBER, "of the model on its ground, lower is better", may_lack=True),
        Field("log_score_contract", Kind.NUMBER, "of the contract alone on the same ground", may_lack=True),
    ),
)
