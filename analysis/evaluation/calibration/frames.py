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
