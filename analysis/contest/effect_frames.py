"""Effect frames: what the tables of the effects of families, departures and covariates hold."""

from analysis.declared.schema import Field, Kind, Schema

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
FAMILY_PREDICTORS_BEFORE = Schema(
    "family_predictors_before",
    "a row of family_predictors, one horizon earlier",
    (
        Field("landmark", Kind.DAY, "the first day of the quarter"),
        Field("lifetime_id", Kind.KEY, "the lifetime"),
        Field("said_on", Kind.DAY, "the day before which this was known; missing: not at risk then", may_lack=True),
    ),
    others="of each family what the same model says by its columns as they were then, in log odds",
)
_SPAN = "95% interval of it, by its standard deviation over resampled clusters"
RISK_DIFFERENCES = Schema(
    "risk_differences",
    "a factor family",
    (
        Field("family", Kind.TEXT, "its name"),
        Field(
            "shown",
            Kind.TEXT,
            "what is shown of it, by the adjusted p: 'more', 'less', 'unsure' or 'silent' (it says the same of all)",
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
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the families", may_lack=True),
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
TOTAL_EFFECTS = Schema(
    "total_effects",
    "a factor family that tells accounts apart; differences as in risk_differences",
    (
        Field("family", Kind.TEXT, "its name"),
        Field("total", Kind.NUMBER, "points of churn, the other families as they stood a horizon earlier"),
        Field("total_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("total_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("direct", Kind.NUMBER, "points of churn, the other families as they are now"),
        Field("direct_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("direct_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("through", Kind.NUMBER, "total less direct: what runs through the other families in that time"),
        Field("through_low", Kind.NUMBER, f"lower end of the {_SPAN}, total and direct paired", may_lack=True),
        Field("through_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that nothing runs through them", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the families", may_lack=True),
        Field("shown", Kind.TEXT, "of the adjusted: total is 'more' than direct, 'less', or 'unsure'"),
    ),
)
BY_EVENT = Schema(
    "by_event",
    "a factor family, by what happens within the horizon",
    (
        Field("family", Kind.TEXT, "its name"),
        Field("event", Kind.TEXT, "'churn', or 'contraction' (with all ends competing)"),
        Field("n_events", Kind.WHOLE, "lifetimes with it among the held-out rows"),
        Field("estimate", Kind.NUMBER, "points of the event between the ends of what the family says of churn"),
        Field("conf_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("coefficient", Kind.NUMBER, "log odds of the event between the ends"),
        Field("coefficient_low", Kind.NUMBER, f"lower end of the {_SPAN}", may_lack=True),
        Field("coefficient_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("difference", Kind.NUMBER, "of these log odds: churn less contraction", may_lack=True),
        Field("difference_low", Kind.NUMBER, f"lower end of the {_SPAN}, both paired", may_lack=True),
        Field("difference_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that they do not differ", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the families", may_lack=True),
    ),
)
TOUCHES_LEFT_OUT = Schema(
    "touches_left_out",
    "a column of the model that rests on touches which were interventions; log hazard ratios as in covariate_effects",
    (
        Field("term", Kind.TEXT, "the column of the design"),
        Field("covariate", Kind.TEXT, "the covariate behind it"),
        Field("family", Kind.TEXT, "whose covariate it is"),
        Field("estimate", Kind.NUMBER, "with all touches"),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("without", Kind.NUMBER, "the same, touches that were interventions left out"),
        Field("without_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("without_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("response_to_risk", Kind.FLAG, "whether its sign flips, and one of the two is shown to differ from none"),
    ),
)
