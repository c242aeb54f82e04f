"""Frames of the weights' audit: what its tables hold."""

from analysis.declared.schema import Field, Kind, Schema

WEIGHTS = Schema(
    "weights",
    "a component of a health score",
    (
        Field("component", Kind.TEXT, "its name"),
        Field("published", Kind.NUMBER, "its weight in use, published or declared, of 100"),
        Field("implied", Kind.NUMBER, "the weight by which it goes with staying, 0 to 100; 0 where its sign is wrong",
              may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters"),
        Field("conf_high", Kind.NUMBER, "upper end"),
        Field("raw", Kind.NUMBER, "the same weight before it is cut at 0 and 100", may_lack=True),
        Field("effect", Kind.NUMBER, "by how much 100 points lower the log odds of leaving, all else equal"),
        Field("std_error", Kind.NUMBER, "its robust error"),
        Field("p_value", Kind.NUMBER, "of the component beyond the score in use: robust score test", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the components", may_lack=True),
        Field("leans", Kind.TEXT, "'raise' or 'lower': to which side that test leans, shown or not"),
        Field("leavers_needed", Kind.NUMBER, "leavers that would tell a weight of 20 from 30, four times in five",
              may_lack=True),
        Field("n_rows", Kind.WHOLE, "settled rows with all components"),
        Field("n_events", Kind.WHOLE, "distinct lifetimes that left"),
        Field("verdict", Kind.TEXT, "'keep', 'raise', 'lower' or 'cannot_tell'"),
    ),
)  # fmt: skip
PERIODS = Schema(
    "weight_periods",
    "a component of a health score in a period",
    (
        Field("period_from", Kind.DAY, "the day on which the period begins; it ends where the next one begins"),
        Field("component", Kind.TEXT, "its name"),
        Field("published", Kind.NUMBER, "its weight in use, published or declared, of 100"),
        Field("implied", Kind.NUMBER, "its implied weight in the period", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters"),
        Field("conf_high", Kind.NUMBER, "upper end"),
        Field("effect", Kind.NUMBER, "by how much 100 points lower the log odds of leaving, all else equal"),
        Field("std_error", Kind.NUMBER, "its robust error"),
        Field("leans", Kind.TEXT, "'raise' or 'lower': to which side of the weight in use it leans, shown or not"),
        Field("n_events", Kind.WHOLE, "distinct lifetimes that left"),
    ),
)
DRIFTS = Schema(
    "weight_drifts",
    "a component of a health score",
    (
        Field("component", Kind.TEXT, "its name"),
        Field("statistic", Kind.NUMBER, "robust score test that its part beyond the score is one for all periods",
              may_lack=True),
        Field("df", Kind.WHOLE, "its degrees of freedom: periods less one"),
        Field("p_value", Kind.NUMBER, "of no difference", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the components", may_lack=True),
    ),
)  # fmt: skip
SCALINGS = Schema(
    "scalings",
    "a component of a health score",
    (
        Field("component", Kind.TEXT, "its name"),
        Field("p_value", Kind.NUMBER, "that its points go with leaving along a straight line", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the components", may_lack=True),
        Field("vif", Kind.NUMBER, "variance inflation by the other components", may_lack=True),
        Field("shape", Kind.TEXT, "'not_contradicted', 'bends', 'turns' or 'untold'"),
    ),
)
BANDS = Schema(
    "score_bands",
    "a band of a component's points",
    (
        Field("component", Kind.TEXT, "its name"),
        Field("points_from", Kind.NUMBER, "least points in the band"),
        Field("points_to", Kind.NUMBER, "most points in it"),
        Field("n_rows", Kind.WHOLE, "settled rows"),
        Field("n_events", Kind.WHOLE, "distinct lifetimes that left"),
        Field("line", Kind.NUMBER, "log odds of leaving against the lowest band, as a weight takes them"),
        Field("estimate", Kind.NUMBER, "the same as the band itself has them, all else equal", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "that it is not above the band below, one-sided", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the bands of all components", may_lack=True),
    ),
)
OVERLAPS = Schema(
    "overlaps",
    "two components of a health score",
    (
        Field("component", Kind.TEXT, "the one"),
        Field("other", Kind.TEXT, "the other"),
        Field("correlation", Kind.NUMBER, "of their ranks (Spearman)", may_lack=True),
        Field("is_same_thing", Kind.FLAG, "whether it is beyond 0.8"),
    ),
)
PROPOSED = Schema(
    "proposed_weights",
    "a component of a health score",
    (
        Field("component", Kind.TEXT, "its name"),
        Field("published", Kind.NUMBER, "its weight in use, published or declared, of 100"),
        Field("learned", Kind.NUMBER, "the weight that all settled rows say, not negative, shrunk, in fives"),
        Field("shrinkage", Kind.NUMBER, "how strongly it was drawn to the weight in use; infinite: all the way"),
    ),
)
MOVES = Schema(
    "colour_moves",
    "a colour before and one after, of the accounts at risk now",
    (
        Field("from_colour", Kind.TEXT, "with the weights in use"),
        Field("to_colour", Kind.TEXT, "with the proposed ones, thresholds moved so that each colour keeps its share"),
        Field("accounts", Kind.NUMBER, "how many", may_lack=True),
        Field("annual_revenue", Kind.NUMBER, "what they pay in a year", may_lack=True),
        Field("is_hidden", Kind.FLAG, "whether there are too few to be told"),
    ),
)
