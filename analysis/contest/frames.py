"""Frames: what the tables of the families' contest hold."""

from analysis.declared.schema import Field, Kind, Schema

LOSSES = Schema(
    "losses",
    "a family in a model, by a metric",
    (
        Field("model", Kind.TEXT, "whose forecast it is"),
        Field("family", Kind.TEXT, "whose columns are shuffled among comparable accounts"),
        Field("metric", Kind.TEXT, "'ipa' or 'auc'"),
        Field(
            "estimate",
            Kind.NUMBER,
            "what the forecast loses: points of explained variation (IPA, 100 = certainty), or AUC; positive where the "
            "family helped",
            may_lack=True,
        ),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("n_folds", Kind.WHOLE, "quarters in which the model was fitted"),
        Field("n_rows", Kind.WHOLE, "accounts at risk, over all of them"),
        Field("share_moved", Kind.NUMBER, "share of rows that had a comparable account to swap with"),
        Field("interval", Kind.TEXT, "how the interval was made"),
    ),
)
CONTRASTS = Schema(
    "contrasts",
    "two families in a model, by a metric",
    (
        Field("model", Kind.TEXT, "whose forecast it is"),
        Field("family", Kind.TEXT, "one family"),
        Field("versus", Kind.TEXT, "the other"),
        Field("metric", Kind.TEXT, "'ipa' or 'auc'"),
        Field("estimate", Kind.NUMBER, "loss without the one less loss without the other", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, accounts resampled", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that they differ, from the same resamples", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the pairs of the model", may_lack=True),
    ),
)
