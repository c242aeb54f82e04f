"""Frames: what the tables of a trial hold."""

from analysis.declared.schema import Field, Kind, Schema

SPREAD = Schema(
    "spread",
    "a value, or a stretch of values, of a tried covariate",
    (
        Field("value", Kind.TEXT, "the value, or the first and the last of the stretch"),
        Field("rows", Kind.NUMBER, "landmark rows; missing where accounts are too few to be told", may_lack=True),
        Field("share", Kind.NUMBER, "of all landmark rows", may_lack=True),
    ),
)
ADDED = Schema(
    "added",
    "what a tried covariate adds to forecasts out of time, by what is known beside it and by measure",
    (
        Field("beside", Kind.TEXT, "the families that are known, with commas between them"),
        Field("metric", Kind.TEXT, "'log_score' or 'ipa'"),
        Field("estimate", Kind.NUMBER, "points of skill that it adds (100 = certainty)"),
        Field("conf_low", Kind.NUMBER, "lower end of the 95% interval, by clusters", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "of no difference", may_lack=True),
        Field("noise", Kind.NUMBER, "what its shuffled values add to the contract", may_lack=True),
        Field("n_rows", Kind.WHOLE, "forecasts scored"),
        Field("n_events", Kind.WHOLE, "of accounts that left within the horizon"),
        Field("n_quarters", Kind.WHOLE, "quarters that they are of"),
    ),
)
