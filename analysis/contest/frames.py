"""Frames: what the tables of the families' contest hold; those of effects are in `effect_frames`."""

from analysis.declared.schema import Field, Kind, Schema

VALUES = Schema(
    "values",
    "a family in a kind of model, by a metric; 'all' is all families together",
    (
        Field("model", Kind.TEXT, "what learned from each subset of the families"),
        Field("metric", Kind.TEXT, "'log_score' or 'ipa'"),
        Field("family", Kind.TEXT, "a family, or 'all'"),
        Field(
            "estimate",
            Kind.NUMBER,
            "what knowing it adds to forecasts of accounts and quarters not seen, in hundredths of the loss by each "
            "quarter's own rate; mean over all orders of learning",
            may_lack=True,
        ),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "of no worth", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the families", may_lack=True),
        Field("share", Kind.NUMBER, "of the worth of all; where that is surely above zero", may_lack=True),
        Field("noise", Kind.NUMBER, "what its columns add once shuffled among comparable accounts", may_lack=True),
        Field("n_rows", Kind.WHOLE, "accounts at risk, over all quarters"),
        Field("n_events", Kind.WHOLE, "of whom left within the horizon"),
    ),
)
VALUE_CONTRASTS = Schema(
    "value_contrasts",
    "two families in a kind of model, by a metric",
    (
        Field("model", Kind.TEXT, "what learned from each subset of the families"),
        Field("metric", Kind.TEXT, "'log_score' or 'ipa'"),
        Field("family", Kind.TEXT, "one family"),
        Field("versus", Kind.TEXT, "the other"),
        Field("estimate", Kind.NUMBER, "worth of the one less that of the other, row by row", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that they differ", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the pairs", may_lack=True),
    ),
)
WHERE = Schema(
    "where",
    "a family in a group of accounts",
    (
        Field("by", Kind.TEXT, "what the accounts are grouped by"),
        Field("group", Kind.TEXT, "the group"),
        Field("family", Kind.TEXT, "the family"),
        Field("estimate", Kind.NUMBER, "what knowing it adds in the group, as in values", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("n_rows", Kind.WHOLE, "accounts at risk, over all quarters"),
        Field("n_events", Kind.WHOLE, "of whom left within the horizon"),
    ),
)
DIFFERENCES = Schema(
    "differences",
    "a family, by what accounts are grouped by",
    (
        Field("by", Kind.TEXT, "what the accounts are grouped by"),
        Field("family", Kind.TEXT, "the family"),
        Field("df", Kind.WHOLE, "groups less one"),
        Field("df_denominator", Kind.NUMBER, "of the F distribution", may_lack=True),
        Field("statistic", Kind.NUMBER, "F, that the family is worth the same in all groups", may_lack=True),
        Field("p_value", Kind.NUMBER, "of it", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over all groupings and families", may_lack=True),
    ),
)
HIDDEN_GROUPS = Schema(
    "hidden_groups",
    "what accounts are grouped by",
    (
        Field("by", Kind.TEXT, "what the accounts are grouped by"),
        Field("n_accounts", Kind.WHOLE, "different accounts in groups not told, or in none, over all quarters"),
        Field("n_events", Kind.WHOLE, "lifetimes of them that left within the horizon"),
    ),
)
