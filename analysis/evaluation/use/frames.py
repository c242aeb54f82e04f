"""Use frames: what the tables of what a forecast is worth to a team hold."""

from analysis.declared.schema import Field, Kind, Schema

_MODEL = Field("model", Kind.TEXT, "name of the model")
_LOW = Field("conf_low", Kind.NUMBER, "lower end of the 95% interval by resampled accounts", may_lack=True)
_HIGH = Field("conf_high", Kind.NUMBER, "upper end", may_lack=True)

CAUGHT = Schema(
    "caught",
    "a model on a scored landmark",
    (
        Field("landmark", Kind.DAY, "on which the forecast would have been made"),
        _MODEL,
        Field("flagged", Kind.WHOLE, "accounts that the team looks after: those of highest risk"),
        Field("caught", Kind.NUMBER, "of the flagged, left; where risks tie, on average over the orders of the tied"),
        Field("by_chance", Kind.NUMBER, "as many flagged blindly"),
        Field("n_rows", Kind.WHOLE, "accounts at risk"),
        Field("n_events", Kind.WHOLE, "of these, left within the horizon"),
        Field("n_without_arr", Kind.WHOLE, "accounts that left whose ARR is not known"),
        Field("precision", Kind.NUMBER, "caught, divided by flagged"),
        Field("recall", Kind.NUMBER, "caught, divided by left", may_lack=True),
        Field("lift", Kind.NUMBER, "caught, divided by chance", may_lack=True),
        Field("arr_left", Kind.NUMBER, "ARR of the accounts that left", may_lack=True),
        Field("arr_caught", Kind.NUMBER, "of it, that of the flagged", may_lack=True),
    ),
)
"""ARR lacks throughout where it is not measured."""
CAUGHT_PAIRS = Schema(
    "caught_pairs",
    "two models on the same rows, all quarters together",
    (
        _MODEL,
        Field("versus", Kind.TEXT, "name of the other"),
        Field("n_quarters", Kind.WHOLE, "landmarks"),
        Field("flagged", Kind.WHOLE, "over all quarters"),
        Field("caught", Kind.NUMBER, "by the model"),
        Field("caught_versus", Kind.NUMBER, "by the other"),
        Field("estimate", Kind.NUMBER, "caught by the model less caught by the other"),
        _LOW,
        _HIGH,
    ),
)
GAIN = Schema(
    "gain",
    "a share of the accounts of each quarter under one model",
    (
        _MODEL,
        Field("contacted", Kind.NUMBER, "share of the accounts at risk that are looked after, highest risk first"),
        Field("caught", Kind.NUMBER, "share of those that left among them"),
    ),
)
DECISION = Schema(
    "decision_curve",
    "a threshold of risk under one model",
    (
        _MODEL,
        Field("threshold", Kind.NUMBER, "risk from which an account is looked after"),
        Field("net_benefit", Kind.NUMBER, "right flags, less wrong ones at the threshold's odds, per account"),
        _LOW,
        _HIGH,
        Field("flagged", Kind.NUMBER, "share of the accounts with such a risk"),
        Field("treat_all", Kind.NUMBER, "net benefit of looking after everyone; of nobody it is 0"),
        Field("versus", Kind.TEXT, "the model compared with"),
        Field("difference", Kind.NUMBER, "net benefit less that of the other"),
        Field("difference_low", Kind.NUMBER, "lower end of its interval, paired by resampled accounts", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
PROFIT = Schema(
    "profit",
    "a setting of the campaign under one model",
    (
        _MODEL,
        Field("save_rate", Kind.NUMBER, "mean share of the churners contacted that the offer keeps"),
        Field("contact_cost", Kind.NUMBER, "of one contact"),
        Field("expected_profit", Kind.NUMBER, "expected maximum profit per account (EMP)"),
        Field("contacted", Kind.NUMBER, "share of the accounts contacted at it, on average"),
        _LOW,
        _HIGH,
        Field("at_own_risk", Kind.NUMBER, "profit per account if the model's risks are taken at their word"),
        Field("versus", Kind.TEXT, "the model compared with"),
        Field("difference", Kind.NUMBER, "expected maximum profit less that of the other"),
        Field("difference_low", Kind.NUMBER, "lower end of its interval, paired by resampled accounts", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
