"""Frames: what the tables of the claims ledger hold."""

from analysis.declared.schema import Field, Kind, Schema

_KEY = (
    Field("claim", Kind.TEXT, "its name: C01 to C22, or the study's own"),
    Field("test", Kind.WHOLE, "which of its tests, from 1"),
)
LEDGER = Schema(
    "ledger",
    "a test of a claim; a claim that has none has one line",
    (
        *_KEY,
        Field("statement", Kind.TEXT, "what is claimed, in English"),
        Field("is_own", Kind.FLAG, "whether the study has added it"),
        Field("hazard", Kind.TEXT, "of what: churn, contraction or expansion"),
        Field("expected", Kind.TEXT, "what the claim says of it: +, -, not -, not + or differs", may_lack=True),
        Field("contrast", Kind.TEXT, "what is compared, in English", may_lack=True),
        Field("verdict", Kind.TEXT, "supported, contradicted, inconclusive or not_measurable"),
        Field("estimate", Kind.NUMBER, "log hazard ratio; of phases, log ratio of rates", may_lack=True),
        Field("std_error", Kind.NUMBER, "of it: CR2, cluster-robust", may_lack=True),
        Field("df", Kind.NUMBER, "its degrees of freedom (Satterthwaite)", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("hazard_ratio", Kind.NUMBER, "the estimate as a ratio", may_lack=True),
        Field("hazard_ratio_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("hazard_ratio_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "of no effect; of a 'does not', of the smallest relevant one", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over all tests judged", may_lack=True),
        Field("n_exposed", Kind.WHOLE, "lifetimes with event nearer to the contrast's end than to its start"),
        Field("n_events", Kind.WHOLE, "all lifetimes with event that are compared"),
        Field("smallest_relevant", Kind.NUMBER, "the smallest hazard ratio that matters", may_lack=True),
        Field(
            "smallest_detectable",
            Kind.NUMBER,
            "the smallest hazard ratio found 4 times in 5",
            may_lack=True,
        ),
        Field("grade", Kind.TEXT, "of the evidence, A to D", may_lack=True),
        Field("weaknesses", Kind.SEVERAL, "what the grade was lowered for"),
        Field("unknown", Kind.SEVERAL, "what was not looked at for the grade"),
        Field("has_flipped", Kind.FLAG, "whether it was both supported and contradicted, now or before"),
        Field("is_withdrawn", Kind.FLAG, "whether it is inconclusive now, and was not at some past quarter start"),
        Field("is_response", Kind.FLAG, "whether its sign flips without touches that were interventions"),
        Field("decidable_from", Kind.DAY, "from when on it could be decided, within 5 years", may_lack=True),
        Field("reason", Kind.TEXT, "why it cannot be judged, in English", may_lack=True),
        Field("notes", Kind.TEXT, "what a reader of it must know, in English", may_lack=True),
    ),
)
GREEN = Schema(
    "green_accounts",
    "a lifetime at risk on the first day of a quarter, settled by now, that the health score called green",
    (
        Field("landmark", Kind.DAY, "that day"),
        Field("lifetime_id", Kind.KEY, "the lifetime"),
        Field("cluster_id", Kind.TEXT, "the parent account that errors are shared with"),
        Field("event", Kind.FLAG, "whether it churned within the horizon"),
    ),
    others="of each family whether it flags the account: it is in the quarter's fifth at most risk by the family alone",
)
PAST = Schema(
    "past",
    "a test of a claim at a quarter start, or today",
    (
        *_KEY,
        Field("day", Kind.DAY, "on which it would have been said; the snapshot is today"),
        Field("verdict", Kind.TEXT, "supported, contradicted, inconclusive or not_measurable"),
        Field("hazard_ratio", Kind.NUMBER, "as in the ledger", may_lack=True),
        Field("hazard_ratio_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("hazard_ratio_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("adjusted_p_value", Kind.NUMBER, "by Holm's method over all tests judged on that day", may_lack=True),
        Field("n_exposed", Kind.WHOLE, "lifetimes with event nearer to the contrast's end than to its start"),
        Field("n_events", Kind.WHOLE, "all lifetimes with event that are compared"),
    ),
)
