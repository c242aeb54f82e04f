"""Frames: what is left out of a score, and how interventions moved what is seen of it."""

from analysis.declared.schema import Field, Kind, Schema

_LOW = Field("conf_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True)
_HIGH = Field("conf_high", Kind.NUMBER, "upper end", may_lack=True)
_P = Field("p_value", Kind.NUMBER, "of no difference", may_lack=True)

LEFT_OUT = Schema(
    "left_out",
    "a family beside the score, or a component taken out of it, by a metric",
    (
        Field("metric", Kind.TEXT, "'log_score' or 'ipa'"),
        Field("part", Kind.TEXT, "'family' or 'component'"),
        Field("beside", Kind.TEXT, "what else is known: 'score', or 'score and contract'"),
        Field("name", Kind.TEXT, "which"),
        Field("weight", Kind.NUMBER, "of a component, of 100", may_lack=True),
        Field(
            "estimate",
            Kind.NUMBER,
            "what the family adds to the score's forecasts, or what they lose without the component, of accounts and "
            "quarters not seen; in hundredths of the loss by each quarter's own rate",
            may_lack=True,
        ),
        _LOW,
        _HIGH,
        _P,
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over families, or over components", may_lack=True),
        Field("verdict", Kind.TEXT, "as `Missed` or `Carried` name it, by the logarithmic score"),
        Field("n_rows", Kind.WHOLE, "accounts at risk with a score, over all quarters"),
        Field("n_events", Kind.WHOLE, "lifetimes of theirs that left within the horizon"),
    ),
)
TREATED_BANDS = Schema(
    "treated_bands",
    "a colour",
    (
        Field("colour", Kind.TEXT, "on the landmark"),
        Field("n_rows", Kind.WHOLE, "landmark rows, settled and with a score"),
        Field("n_events", Kind.WHOLE, "lifetimes that left within the horizon"),
        Field("n_events_untreated", Kind.WHOLE, "of them, before any intervention"),
        Field("treated", Kind.NUMBER, "share of rows with an intervention within the horizon, before they ended"),
        Field("risk", Kind.NUMBER, "share that left, as seen"),
        Field("risk_low", Kind.NUMBER, "lower end of its 95% interval, by clusters", may_lack=True),
        Field("risk_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("untreated_risk", Kind.NUMBER, "share that would have left without interventions", may_lack=True),
        Field("untreated_low", Kind.NUMBER, "lower end", may_lack=True),
        Field("untreated_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("difference", Kind.NUMBER, "risk without interventions less risk as seen", may_lack=True),
        _LOW,
        _HIGH,
        _P,
        Field("effective_rows", Kind.NUMBER, "rows that those never treated are worth, weighted as they are"),
        Field("case", Kind.TEXT, "whether it can be judged, as `BandCase` names it"),
    ),
)
TREATED_COMPONENTS = Schema(
    "treated_components",
    "a component of the score, or 'total'",
    (
        Field("name", Kind.TEXT, "the component; 'total' is the score"),
        Field(
            "treated_low",
            Kind.NUMBER,
            "share treated among the third of rows with the fewest points (or all that have not the most)",
            may_lack=True,
        ),
        Field("treated_others", Kind.NUMBER, "share treated among the others", may_lack=True),
        Field("is_trigger", Kind.FLAG, "whether the low ones are surely treated more often"),
        Field("auc", Kind.NUMBER, "as seen, within landmarks", may_lack=True),
        Field("untreated_auc", Kind.NUMBER, "as it would have been without interventions", may_lack=True),
        Field("difference", Kind.NUMBER, "the second less the first", may_lack=True),
        _LOW,
        _HIGH,
        _P,
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over the components", may_lack=True),
        Field("warning", Kind.TEXT, "as `Warned` names it"),
    ),
)
WHAT_IF = Schema(
    "what_if",
    "a colour",
    (
        Field("colour", Kind.TEXT, "by the weights and thresholds asked about"),
        Field("n_rows", Kind.WHOLE, "accounts at the start of quarters"),
        Field("n_leavers", Kind.WHOLE, "of whom left within the horizon"),
        Field("share_of_book", Kind.NUMBER, "of all accounts with a score", may_lack=True),
        Field("share_of_leavers", Kind.NUMBER, "of all who left", may_lack=True),
        Field("risk", Kind.NUMBER, "share of the colour that left", may_lack=True),
    ),
)
