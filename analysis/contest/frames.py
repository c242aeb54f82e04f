"""Frames: what the tables of the families' contest hold."""

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
FAMILY_PREDICTORS = Schema(
    "family_predictors",
    "a lifetime at risk on the first day of a quarter, under models that learned without its cluster and that quarter",
    (
        Field("landmark", Kind.DAY, "that day"),
        Field("lifetime_id", Kind.KEY, "the lifetime"),
        Field("account_id", Kind.TEXT, "whose it is"),
        Field("cluster_id", Kind.TEXT, "the parent account that errors are shared with"),
        Field("event", Kind.FLAG, "whether it churned within the horizon", may_be_absent=True),
        Field("phase", Kind.TEXT, "of the lifetime on that day", may_lack=True, may_be_absent=True),
        Field(
            "annual_revenue", Kind.NUMBER, "that the account pays, where it is asked for", may_lack=True,
            may_be_absent=True,
        ),
    ),
    others="what tells groups apart; of each family what the model of all families says by its columns, in log odds",
)  # fmt: skip
_SPAN = "95% interval of it, by its standard deviation over resampled clusters"
RISK_DIFFERENCES = Schema(
    "risk_differences",
    "a factor family",
    (
        Field("family", Kind.TEXT, "its name"),
        Field(
            "shown", Kind.TEXT, "what is shown of it: 'more', 'less', 'unsure' or 'silent' (it says the same of all)"
        ),
        Field(
            "estimate",
            Kind.NUMBER,
            "points of churn within the horizon (100 = certainty): accounts at the 90th percentile of what the family "
            "says less those at the 10th, all else as it is",
        ),
        Field("conf_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that it is none, by the same standard deviation", may_lack=True),
        Field("risk_low", Kind.NUMBER, "mean probability of churn with all at the 10th percentile"),
        Field("risk_high", Kind.NUMBER, "the same at the 90th"),
        Field(
            "coefficient",
            Kind.NUMBER,
            "log odds of churn for one of log odds that the family said: 1 where it holds as learned; sign free",
            may_lack=True,
        ),
        Field("coefficient_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("coefficient_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("reach", Kind.NUMBER, "log odds that lie between the two percentiles, as learned"),
        Field("accounts", Kind.NUMBER, "the difference, in accounts of those at risk now"),
        Field("accounts_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("accounts_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("revenue", Kind.NUMBER, "each account's own difference times what it pays in a year", may_lack=True),
        Field("revenue_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("revenue_high", Kind.NUMBER, "upper end", may_lack=True),
    ),
)
BLIND_SPOTS = Schema(
    "blind_spots",
    "a cell of accounts that each family calls well, or worse",
    (
        Field("n_rows", Kind.WHOLE, "accounts at risk, over all quarters that were scored", may_lack=True),
        Field("n_accounts", Kind.WHOLE, "different accounts among them", may_lack=True),
        Field("n_events", Kind.WHOLE, "lifetimes of them that churned within the horizon", may_lack=True),
        Field("estimate", Kind.NUMBER, "share of the rows that churned within the horizon", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, clusters allowed for", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("difference", Kind.NUMBER, "that share less the one where all is well", may_lack=True),
        Field("difference_low", Kind.NUMBER, "lower end of its 95% interval, clusters allowed for", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that they do not differ", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the cells", may_lack=True),
        Field("accounts_now", Kind.WHOLE, "accounts at risk now that lie in the cell", may_lack=True),
        Field("revenue_now", Kind.NUMBER, "what they pay in a year", may_lack=True),
        Field(
            "is_hidden", Kind.FLAG, "whether what was observed is hidden: too few accounts, or it would tell of them"
        ),
        Field("is_hidden_now", Kind.FLAG, "the same of the accounts at risk now"),
    ),
    others="for each family whether the cell is its worse half (true or false)",
)
VACANCY = Schema(
    "vacancy",
    "weeks since a champion's departure became known, with or without another in place",
    (
        Field("weeks_from", Kind.WHOLE, "more than so many weeks since"),
        Field("weeks_to", Kind.WHOLE, "and at most so many; missing where there is no end", may_lack=True),
        Field("is_filled", Kind.FLAG, "whether another champion is in place"),
        Field("n_lifetimes", Kind.WHOLE, "lifetimes at risk there", may_lack=True),
        Field("n_events", Kind.WHOLE, "those of them that churned there", may_lack=True),
        Field("years", Kind.NUMBER, "account-years at risk there", may_lack=True),
        Field("estimate", Kind.NUMBER, "log hazard ratio against no departure known", may_lack=True),
        Field("std_error", Kind.NUMBER, "of it: cluster-robust, leverage given back (CR2)", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that there is no difference", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the rows", may_lack=True),
        Field("hazard_ratio", Kind.NUMBER, "the estimate as a ratio", may_lack=True),
        Field("hazard_ratio_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("hazard_ratio_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("is_hidden", Kind.FLAG, "whether it is hidden: too few lifetimes, or it would tell of them"),
    ),
)
_RATIO = (
    Field("estimate", Kind.NUMBER, "log hazard ratio per standard deviation, or against absence"),
    Field("std_error", Kind.NUMBER, "of it: cluster-robust, leverage given back (CR2)", may_lack=True),
    Field("p_value", Kind.NUMBER, "that it is none", may_lack=True),
    Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the columns", may_lack=True),
    Field("hazard_ratio", Kind.NUMBER, "the estimate as a ratio"),
    Field("hazard_ratio_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
    Field("hazard_ratio_high", Kind.NUMBER, "upper end", may_lack=True),
)
COVARIATE_EFFECTS = Schema(
    "covariate_effects",
    "a column of the model that is no mark of missing values",
    (
        Field("term", Kind.TEXT, "the column of the design: a covariate, or a level of one"),
        Field("covariate", Kind.TEXT, "the covariate behind it"),
        Field("family", Kind.TEXT, "whose covariate it is"),
        *_RATIO,
        Field("per", Kind.TEXT, "what the next ratio is of: 'unit' or 'doubling' of the covariate, or 'mark' (yes)"),
        Field("unit", Kind.TEXT, "the covariate's unit"),
        Field("unit_ratio", Kind.NUMBER, "hazard ratio of one of them"),
        Field("unit_ratio_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("unit_ratio_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("expected", Kind.TEXT, "sign of the log hazard ratio that was expected: '+', '-' or '?'"),
        Field("direction", Kind.TEXT, "what was found: 'as_expected', 'against', 'unexpected' (none was), 'unsure'"),
        Field("signal", Kind.TEXT, "of the lag ladder: 'early', 'late', 'late_or_fast', ''", may_lack=True),
    ),
)
DOSE = Schema(
    "dose_response",
    "a value of a covariate under a model",
    (
        Field("model", Kind.TEXT, "'cox' (spline) or 'forest' (accumulated local effects)"),
        Field("value", Kind.NUMBER, "of the covariate, in its unit"),
        Field(
            "estimate", Kind.NUMBER, "log of the hazard, or of the probability within the horizon, over the median's"
        ),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("points", Kind.NUMBER, "points of churn against the mean of all rows; of the forest", may_lack=True),
    ),
)
