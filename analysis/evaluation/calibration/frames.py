"""Calibration frames: what the tables of calibration hold."""

from analysis.declared.schema import Field, Kind, Schema

_MODEL = Field("model", Kind.TEXT, "name of the model")
_LOW = Field("conf_low", Kind.NUMBER, "lower end of the 95% interval that holds for dependent rows", may_lack=True)
_HIGH = Field("conf_high", Kind.NUMBER, "upper end", may_lack=True)

MEASURES = Schema(
    "calibration_measures",
    "a measure of calibration of one model",
    (
        _MODEL,
        Field(
            "measure", Kind.TEXT, "'observed_over_expected', 'slope', 'intercept', 'curvature', 'ici', 'e50' or 'e90'"
        ),
        Field("estimate", Kind.NUMBER, "its value", may_lack=True),
        _LOW,
        _HIGH,
        Field("by_chance", Kind.NUMBER, "what a calibrated model shows on average: ICI, E50 and E90", may_lack=True),
        Field("p_value", Kind.NUMBER, "that the curve is straight in log odds: curvature alone", may_lack=True),
        Field("n_rows", Kind.WHOLE, "accounts at risk, over all quarters"),
        Field("n_events", Kind.WHOLE, "rows whose account churned within the horizon"),
        Field("expected", Kind.NUMBER, "how many of them the model expected to"),
    ),
)
CURVE = Schema(
    "calibration_curve",
    "a risk under one model",
    (
        _MODEL,
        Field("risk", Kind.NUMBER, "forecast"),
        Field("observed", Kind.NUMBER, "share that left at such a forecast, smoothed"),
        Field("conf_low", Kind.NUMBER, "lower end of its pointwise 95% band, which holds for dependent rows"),
        Field("conf_high", Kind.NUMBER, "upper end"),
    ),
)
SPREAD = Schema(
    "risk_spread",
    "a part of the range of risks of one model",
    (
        _MODEL,
        Field("low", Kind.NUMBER, "where the part begins"),
        Field("high", Kind.NUMBER, "where it ends; the last holds all above"),
        Field("n_rows", Kind.WHOLE, "forecasts in it; missing where hidden", may_lack=True),
    ),
)
TIERS = Schema(
    "risk_tiers",
    "a tier of risk under one model, all quarters together",
    (
        _MODEL,
        Field("low", Kind.NUMBER, "from which risk on"),
        Field("high", Kind.NUMBER, "below which; the last tier holds 1, too"),
        Field("is_hidden", Kind.FLAG, "whether its numbers are, for there are too few accounts, here or beside"),
        Field("n_accounts", Kind.WHOLE, "accounts that were in it on a landmark", may_lack=True),
        Field("n_rows", Kind.WHOLE, "forecasts", may_lack=True),
        Field("expected", Kind.NUMBER, "of them, forecast to leave", may_lack=True),
        Field("n_events", Kind.WHOLE, "of them, left within the horizon", may_lack=True),
        Field("observed_over_expected", Kind.NUMBER, "left, divided by expected", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its interval: 95% for all tiers of the model", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("reading", Kind.TEXT, "'calibrated', 'too_high', 'too_low' or 'cant_tell'", may_lack=True),
    ),
)
