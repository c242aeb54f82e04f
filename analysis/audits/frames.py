"""Frames: what the tables of the audits hold; each is also a CSV file of that name."""

from analysis.declared.schema import Field, Kind, Schema
from analysis.inference.frames import RATIOS, TESTS

_COVARIATE = (
    Field("covariate", Kind.TEXT, "its name"),
    Field("family", Kind.TEXT, "whose covariate it is"),
)
_WHAT = (
    Field("day", Kind.DAY, "on which the past was rebuilt"),
    Field("what", Kind.TEXT, "a covariate, which rows, or what a forecast learned from"),
)
_LAG = Field("lag", Kind.WHOLE, "days earlier on which the factors are looked at")

ALARMS = Schema(
    "alarms",
    "a thing looked for",
    (
        Field("audit", Kind.TEXT, "which audit"),
        Field("subject", Kind.TEXT, "what it looked at; '' where there is but one thing"),
        Field("is_raised", Kind.FLAG, "whether it was found; missing where these data cannot tell", may_lack=True),
        Field("estimate", Kind.NUMBER, "what was measured, as the audit states", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_value", Kind.NUMBER, "where a test was made", may_lack=True),
        Field("n", Kind.WHOLE, "rows, lifetimes or cells behind it, as the audit states"),
    ),
)
LOOK_AHEAD = Schema(
    "look_ahead",
    "a covariate, a choice of rows, or what a forecast learned from, on a day",
    (
        *_WHAT,
        Field("compared", Kind.WHOLE, "cells or rows compared"),
        Field("recent", Kind.WHOLE, "those of them shortly before the day"),
        Field("differing", Kind.WHOLE, "those that differ between all data and what was known"),
    ),
)
LOOK_AHEAD_CELLS = Schema(
    "look_ahead_cells",
    "a cell that differs",
    (
        *_WHAT,
        Field("account_id", Kind.TEXT, "whose it is"),
        Field("lifetime_number", Kind.WHOLE, "which stay of the account"),
        Field("risk_date", Kind.DAY, "the date of the row"),
        Field("from_all_data", Kind.TEXT, "the value from all data", may_lack=True),
        Field("from_known", Kind.TEXT, "the value from what was known on the day", may_lack=True),
    ),
)
LAG_LADDER = Schema(
    "lag_ladder",
    "a column of a contending family at a lag",
    (
        *RATIOS.fields,
        _LAG,
        Field("change", Kind.NUMBER, "of the log hazard ratio from that of lag 0"),
        Field("change_low", Kind.NUMBER, "lower end of its 95% interval"),
        Field("change_high", Kind.NUMBER, "upper end"),
        Field("change_p", Kind.NUMBER, "p value of the change"),
        Field("change_p_holm", Kind.NUMBER, "the same, by Holm's method over the columns"),
        Field("p_value_holm", Kind.NUMBER, "p value of the effect, by Holm's method over the columns", may_lack=True),
        Field("signal", Kind.TEXT, "'early', 'late', 'late_or_fast' or ''"),
    ),
)
LAG_LADDER_FAMILIES = Schema(
    "lag_ladder_families",
    "a contending family at a lag",
    (
        *TESTS.fields,
        _LAG,
        Field("rows", Kind.WHOLE, "intervals at risk of the rung"),
        Field("events", Kind.WHOLE, "lifetimes with event of the rung"),
    ),
)
LATE_KNOWLEDGE = Schema(
    "late_knowledge",
    "a covariate that has other values when days of knowledge are ignored",
    (
        *_COVARIATE,
        Field("cells", Kind.WHOLE, "that differ"),
        Field("as_known", Kind.NUMBER, "log hazard ratio by what was known", may_lack=True),
        Field("as_observed", Kind.NUMBER, "log hazard ratio by what had happened", may_lack=True),
        Field("change", Kind.NUMBER, "from the first to the second", may_lack=True),
        Field("conf_low", Kind.NUMBER, "lower end of its 95% interval", may_lack=True),
        Field("conf_high", Kind.NUMBER, "upper end", may_lack=True),
        Field("p_holm", Kind.NUMBER, "p value of the change, by Holm's method over the covariates", may_lack=True),
        Field("flatters", Kind.FLAG, "whether the shortcut makes the effect stronger, surely and by more than matters"),
    ),
)
COVERAGE = Schema(
    "coverage",
    "a covariate in a fiscal quarter",
    (
        *_COVARIATE,
        Field("quarter_from", Kind.DAY, "the quarter's first day"),
        Field("rows", Kind.WHOLE, "landmark rows in it; missing where hidden", may_lack=True),
        Field("share", Kind.NUMBER, "share of them that have a value", may_lack=True),
    ),
)
REPORTING_DELAYS = Schema(
    "reporting_delays",
    "a kind of fact whose day of learning the source gives",
    (
        Field("table", Kind.TEXT, "of the contract"),
        Field("fact", Kind.TEXT, "its column that dates the fact"),
        Field("rows", Kind.WHOLE, "settled facts"),
        Field("median_days", Kind.NUMBER, "days within which half are learned"),
        Field("p90_days", Kind.NUMBER, "days within which nine of ten are learned"),
        Field("newest_quarter_known", Kind.NUMBER, "share of the facts of the last 91 days expected to be known"),
    ),
)
MATCH_RATES = Schema(
    "match_rates",
    "an optional table that the source gives",
    (
        Field("table", Kind.TEXT, "of the contract"),
        Field("rows", Kind.WHOLE, "that were read, those set aside among them"),
        Field("in_a_lifetime", Kind.NUMBER, "share that meets a lifetime of its account", may_lack=True),
        Field("set_aside", Kind.WHOLE, "rows that broke a rule"),
    ),
)
SCHEMAS = (
    *(ALARMS, LOOK_AHEAD, LOOK_AHEAD_CELLS, LAG_LADDER, LAG_LADDER_FAMILIES),
    *(LATE_KNOWLEDGE, COVERAGE, REPORTING_DELAYS, MATCH_RATES),
)
"""In the order in which they are written."""
