"""Frames: what the tables of a cohort hold that models and results are made of."""

from analysis.declared.schema import Field, Kind, Schema

_WHOSE = (
    Field("lifetime_id", Kind.KEY, "the lifetime"),
    Field("account_id", Kind.TEXT, "whose it is"),
    Field("cluster_id", Kind.TEXT, "the parent account that errors are shared with"),
)
_CAUSE = Field("cause", Kind.TEXT, "'churn', 'involuntary' or 'merged'; missing where nothing ended", may_lack=True)
_TERM = Field("term_months", Kind.NUMBER, "length of the contract's term in months", may_lack=True)
_KIND = Field(
    "term_kind",
    Kind.TEXT,
    "the term that sets the renewal clock: 'monthly', 'part_year', 'yearly' (or longer), 'unknown_length', 'no_term'",
)

COUNTING_PROCESS = Schema(
    "counting_process",
    "an interval (start, stop] of a lifetime",
    (
        *_WHOSE,
        Field("risk_date", Kind.DAY, "the interval's first day, before which its covariates were known"),
        Field("start", Kind.WHOLE, "days since the lifetime's origin, before the first day at risk"),
        Field("stop", Kind.WHOLE, "days since the lifetime's origin, the last at risk"),
        Field("event", Kind.WHOLE, "1 where it churned on the last day, else 0"),
        _CAUSE,
        Field("renewal_due", Kind.WHOLE, "1 where the interval was to end with a term, as it stood on its first day"),
        Field("deadline_due", Kind.WHOLE, "1 where it was to end with the last day to give notice"),
        Field(
            "days_before", Kind.WHOLE, "from how many days before the end of a term it begins, in bands; -1: no term"
        ),
        _TERM,
        _KIND,
    ),
    others="covariates, as declared",
)
LANDMARKS = Schema(
    "landmarks",
    "a lifetime at risk on a landmark",
    (
        *_WHOSE,
        Field("risk_date", Kind.DAY, "the landmark, before which the covariates were known"),
        Field("horizon_ends_on", Kind.DAY, "to which a forecast from it reaches"),
        Field("is_quarter_start", Kind.FLAG, "whether a fiscal quarter begins on it"),
        Field("is_followed", Kind.FLAG, "whether all ends within the horizon are settled"),
        Field("horizon_days", Kind.WHOLE, "days from the landmark to the end of the horizon"),
        Field("followed_days", Kind.WHOLE, "days from the landmark that are known: to the end, or the snapshot"),
        Field("event", Kind.WHOLE, "1 where it churned within them, else 0"),
        _CAUSE,
        Field("out_on", Kind.DAY, "first day on which it is at risk no more, or under notice", may_lack=True),
        Field("believed_from", Kind.DAY, "from which on it was believed to have left within them", may_lack=True),
        Field("believed_until", Kind.DAY, "on which it was found that it had not; missing where it had", may_lack=True),
        Field("unpaid_from", Kind.DAY, "from which on it was known why its last subscription had ended", may_lack=True),
        Field(
            "believed_cause", Kind.TEXT, "that reason; until then it had given notice, which is churn", may_lack=True
        ),
        _TERM,
        _KIND,
        Field("mrr", Kind.NUMBER, "what it pays a month on it, in the currency of the source", may_lack=True),
        Field(
            "published_score", Kind.NUMBER, "health score that was published last before the landmark", may_lack=True
        ),
        Field("published_score_age", Kind.WHOLE, "days from its publication to the landmark", may_lack=True),
    ),
    others="covariates, as declared",
)
KNOWN_LEAVERS = Schema(
    "known_leavers",
    "a lifetime under notice at the snapshot",
    (
        *_WHOSE[:2],
        Field("notice_on", Kind.DAY, "the day of the notice"),
        Field("ends_on", Kind.DAY, "the day on which its last subscription ends", may_lack=True),
        Field("is_end_given", Kind.FLAG, "whether the source gives that day; else it is worked out from the term"),
        Field("seats", Kind.NUMBER, "of all subscriptions in force", may_lack=True),
        Field("mrr", Kind.NUMBER, "price a month, in the currency of the source", may_lack=True),
    ),
)
BOOK_BY_QUARTER = Schema(
    "book_by_quarter",
    "a fiscal quarter that has begun by the snapshot",
    (
        Field("quarter_from", Kind.DAY, "its first day"),
        Field("quarter_until", Kind.DAY, "the first day of the next"),
        Field("is_settled", Kind.FLAG, "whether all ends in it are settled"),
        Field("at_start", Kind.WHOLE, "lifetimes at risk on its first day"),
        Field("entered", Kind.WHOLE, "lifetimes that entered later in it"),
        Field("churned_of_start", Kind.WHOLE, "of those at its start, how many churned in it"),
        Field("churned_of_entered", Kind.WHOLE, "of those that entered, how many churned in it"),
        Field("ended_otherwise", Kind.WHOLE, "lifetimes that ended in it for another cause"),
        Field(
            "provisional",
            Kind.WHOLE,
            "lifetimes that seem to have left in it, and may yet return or withdraw their notice",
        ),
    ),
)
ATTRITION = Schema(
    "attrition",
    "a step of the count from accounts to lifetimes at risk",
    (
        Field("step", Kind.WHOLE, "its place in the count"),
        Field("what", Kind.TEXT, "what is counted"),
        Field("number", Kind.WHOLE, "accounts or lifetimes"),
    ),
)
TABLES_READ = Schema(
    "tables_read",
    "a table of the contract that the source gives",
    (
        Field("table", Kind.TEXT, "its name"),
        Field("day", Kind.TEXT, "the column that dates its rows; missing where none does", may_lack=True),
        Field("columns", Kind.WHOLE, "columns that the source gives"),
        Field("rows", Kind.WHOLE, "rows that were read"),
        Field("set_apart", Kind.WHOLE, "of them, those that were set apart"),
        Field("not_yet_known", Kind.WHOLE, "of the others, those that were not yet known at the snapshot"),
        Field("undated", Kind.WHOLE, "of the rows that were not set apart, those without a day"),
        Field("outside", Kind.NUMBER, "and those that overlap no lifetime of their account", may_lack=True),
        Field("first_day", Kind.DAY, "of the rows, those set apart among them", may_lack=True),
        Field("last_day", Kind.DAY, "likewise", may_lack=True),
    ),
)
ROWS_BY_MONTH = Schema(
    "rows_by_month",
    "a table and a calendar month from which rows are dated",
    (
        Field("table", Kind.TEXT, "its name"),
        Field("month", Kind.DAY, "the month's first day"),
        Field("rows", Kind.WHOLE, "rows that were not set apart"),
        Field("outside", Kind.NUMBER, "of them, those that overlap no lifetime of their account", may_lack=True),
        Field("set_apart", Kind.WHOLE, "rows that were set apart"),
    ),
)
AT_RISK_BY_MONTH = Schema(
    "at_risk_by_month",
    "a calendar month with a lifetime at risk",
    (
        Field("month", Kind.DAY, "its first day"),
        Field("lifetimes", Kind.WHOLE, "lifetimes at risk on some day of it"),
    ),
)
ENDS_BY_CAUSE = Schema(
    "ends_by_cause",
    "how lifetimes at risk left",
    (
        Field("cause", Kind.TEXT, "'churn', 'involuntary' or 'merged'; missing where none left", may_lack=True),
        Field("lifetimes", Kind.WHOLE, "their number"),
    ),
)
SCHEMAS = {schema.name: schema for schema in (COUNTING_PROCESS, LANDMARKS, KNOWN_LEAVERS, BOOK_BY_QUARTER, ATTRITION)}
"""By table; others are read as they are."""
