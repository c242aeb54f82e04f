"""Frames of the weights' audit: what its tables hold."""

from analysis.declared.schema import Field, Kind, Schema

WEIGHTS = Schema(
    "weights",
    "a component of a health score",
    (
        Field("component", Kind.TEXT, "its name"),
        Field("published", Kind.NUMBER, "its weight, of 100"),
        Field("implied", Kind.NUMBER, "the weight by which it goes with staying, 0 to 100; 0 where its sign is wrong",
              may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters"),
        Field("conf_high", Kind.NUMBER, "upper end"),
        Field("raw", Kind.NUMBER, "the same weight before it is cut at 0 and 100", may_lack=True),
        Field("effect", Kind.NUMBER, "by how much 100 points lower the log odds of leaving, all else equal"),
        Field("std_error", Kind.NUMBER, "its robust error"),
        Field("p_value", Kind.NUMBER, "of the component beyond the published score: robust score test", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the components", may_lack=True),
        Field("leans", Kind.TEXT, "'raise' or 'lower': to which side that test leans, shown or not"),
        Field("leavers_needed", Kind.NUMBER, "leavers that would tell a weight of 20 from 30, four times in five",
              may_lack=True),
        Field("n_rows", Kind.WHOLE, "settled rows with all components"),
        Field("n_events", Kind.WHOLE, "distinct lifetimes that left"),
        Field("verdict", Kind.TEXT, "'keep', 'raise', 'lower' or 'cannot_tell'"),
    ),
)  # fmt: skip
