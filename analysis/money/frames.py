"""Frames: what the tables of money hold. Amounts are prices of a year, in the currency of the source."""

from analysis.declared.schema import Field, Kind, Schema

_SETTLED = Field("is_settled", Kind.FLAG, "whether all ends of it are settled; before that it is provisional")

ARR = Schema(
    "arr",
    "the first day of a month under observation, and the snapshot",
    (
        Field("day", Kind.DAY, "the day"),
        Field("arr", Kind.NUMBER, "price of a year of all subscriptions in force that have one", may_lack=True),
        Field("accounts", Kind.WHOLE, "accounts that pay on the day"),
        Field("unpriced", Kind.WHOLE, "of these, those of which some price is not known"),
    ),
)


def _amount(name: str, says: str) -> Field:
    return Field(name, Kind.NUMBER, says)


def _number(name: str, says: str) -> Field:
    return Field(f"n_{name}", Kind.WHOLE, says)


BRIDGE = Schema(
    "bridge",
    "a fiscal quarter under observation that is over",
    (
        Field("quarter_from", Kind.DAY, "its first day"),
        Field("quarter_until", Kind.DAY, "the first day of the next one"),
        _SETTLED,
        _amount("start", "what the book paid on the first day"),
        _amount("new", "of accounts that began"),
        _amount("returned", "of accounts that began again after a gap longer than the allowed one"),
        _amount("cross_sell", "more, as far as products reach that were not paid for before"),
        _amount("upsell", "more, beyond that"),
        _amount("contraction", "less, of accounts that stay; 0 or negative, as all losses"),
        _amount("churn", "of accounts that left of their own will"),
        _amount("involuntary", "of accounts that failed to pay"),
        _amount("merged", "of accounts that were merged into another"),
        _amount("gaps", "of accounts back from a short gap, less those that are in one"),
        _amount("repriced", "of accounts of which more, or fewer, prices are known than before"),
        _amount("end", "what the book pays on the first day of the next quarter"),
        _amount("upsell_seats", "of the upsell: more seats, at the old price"),
        _amount("upsell_price", "of the upsell: higher prices of the seats"),
        _number("start", "accounts in force on the first day"),
        _number("new", "accounts in that part; so in the following ones"),
        _number("returned", "back after a long gap"),
        _number("cross_sell", "with a new product"),
        _number("upsell", "with more of the same"),
        _number("contraction", "with less"),
        _number("churn", "left"),
        _number("involuntary", "failed to pay"),
        _number("merged", "merged into another"),
        _number("paused", "in a short gap on the last day"),
        _number("resumed", "in a short gap on the first day"),
        _number("repriced", "of which more, or fewer, prices are known"),
        _number("end", "accounts in force on the first day of the next quarter"),
        _number("unpriced_start", "of those at the start, with a version without a price"),
        _number("unpriced_end", "of those at the end"),
        _number("came_and_went", "began and ended within it, and are in no part"),
    ),
)
BRIDGE_PARTS = Schema(
    "bridge_parts",
    "the start, a part, or the end of a quarter's bridge, in order",
    (
        Field("part", Kind.TEXT, "'start', the name of a part, 'other' (small ones together), 'end'"),
        Field("amount", Kind.NUMBER, "price of a year"),
        Field("accounts", Kind.WHOLE, "that it is of"),
        Field("is_total", Kind.FLAG, "whether it is the start or the end"),
    ),
)
RETENTION = Schema(
    "retention",
    "a quarter, or the twelve months up to the end of one",
    (
        Field("over", Kind.TEXT, "'quarter' or 'year'"),
        Field("first_day", Kind.DAY, "whose book it is of"),
        Field("last_day", Kind.DAY, "on which it is looked at again"),
        _SETTLED,
        _amount("start", "what the book paid on the first day"),
        _amount("kept", "of it, without contraction and ends"),
        _amount("expansion", "upsell and cross-sell of those who were there"),
        Field("grr", Kind.NUMBER, "gross retention, kept of start", may_lack=True),
        Field(
            "nrr", Kind.NUMBER, "net retention, kept and expansion of start; above 1 churn is negative", may_lack=True
        ),
        _number("start", "accounts in force on the first day"),
    ),
)
RENEWALS = Schema(
    "renewals",
    "a month or fiscal quarter, and whether terms are of at most two months",
    (
        Field("period", Kind.TEXT, "'month' or 'quarter'"),
        Field("period_from", Kind.DAY, "its first day"),
        Field("period_until", Kind.DAY, "the first day of the next one"),
        Field("is_monthly", Kind.FLAG, "whether these are terms of at most two months"),
        Field(
            "due", Kind.WHOLE, "renewals: accounts on a day on which terms of theirs fall due, as agreed", may_lack=True
        ),
        Field("renewed", Kind.WHOLE, "of these, the account went on paying, at most after a short gap", may_lack=True),
        Field(
            "renewed_early", Kind.WHOLE, "of the renewed, a longer term took its place before that day", may_lack=True
        ),
        Field("lost", Kind.WHOLE, "it ended on that day", may_lack=True),
        Field("lost_otherwise", Kind.WHOLE, "of the lost: failed to pay, or merged", may_lack=True),
        Field("open", Kind.WHOLE, "the day is to come, or it may yet return", may_lack=True),
        Field("left_before", Kind.WHOLE, "ended before the term did; not among the due", may_lack=True),
        Field("rate", Kind.NUMBER, "renewed of due, once none is open", may_lack=True),
        Field("due_arr", Kind.NUMBER, "what these terms paid in a year", may_lack=True),
        Field("renewed_arr", Kind.NUMBER, "of it, as far as the account paid no less afterwards", may_lack=True),
        Field("lost_arr", Kind.NUMBER, "of it, lost with the account or given up on the day", may_lack=True),
        Field("open_arr", Kind.NUMBER, "of it, open", may_lack=True),
        Field("unpriced", Kind.WHOLE, "due, but of a price that is not known, and in no amount", may_lack=True),
        Field("arr_rate", Kind.NUMBER, "renewed of due, in money", may_lack=True),
        Field("is_hidden", Kind.FLAG, "whether the period has too few renewals to be shown", may_be_absent=True),
    ),
)
AHEAD = Schema(
    "renewals_ahead",
    "a week, from Monday, up to the end of the horizon; a month, where most weeks have too few accounts",
    (
        Field("span", Kind.TEXT, "'week' or 'month'"),
        Field("begins_on", Kind.DAY, "its first day"),
        Field("accounts", Kind.WHOLE, "not under notice, whose terms of over two months fall due in it", may_lack=True),
        Field("arr", Kind.NUMBER, "what these terms pay in a year", may_lack=True),
        Field("mean_probability", Kind.NUMBER, "of leaving within the horizon, by the quoted forecast", may_lack=True),
        Field("expected_loss", Kind.NUMBER, "sum of probability times price", may_lack=True),
        Field("unpriced", Kind.WHOLE, "of the accounts, those of which the price is not known", may_lack=True),
        Field("under_notice", Kind.WHOLE, "accounts under notice whose terms fall due in it", may_lack=True),
        Field("under_notice_arr", Kind.NUMBER, "what these pay in a year", may_lack=True),
        Field("is_hidden", Kind.FLAG, "whether it has too few accounts to be shown"),
    ),
)
ANNOUNCED = Schema(
    "announced",
    "a month in which accounts under notice end; last, those of which the end is not known",
    (
        Field("month", Kind.DAY, "its first day; missing where no end is known", may_lack=True),
        Field("accounts", Kind.WHOLE, "under notice", may_lack=True),
        Field("arr", Kind.NUMBER, "what they pay in a year", may_lack=True),
        Field("unpriced", Kind.WHOLE, "of these, of an unknown price", may_lack=True),
        Field("is_hidden", Kind.FLAG, "whether the month has too few accounts to be shown"),
    ),
)
AT_RISK = Schema(
    "at_risk",
    "a part of what the book may lose by the end of the horizon",
    (
        Field("part", Kind.TEXT, "'under_notice', 'expected' (of those at risk, ends within the horizon), 'both'"),
        Field("expected", Kind.NUMBER, "price of a year", may_lack=True),
        Field("low_80", Kind.NUMBER, "lower end of the 80% interval", may_lack=True),
        Field("high_80", Kind.NUMBER, "upper end", may_lack=True),
        Field("low", Kind.NUMBER, "lower end of the 95% interval", may_lack=True),
        Field("high", Kind.NUMBER, "upper end", may_lack=True),
        Field("accounts", Kind.WHOLE, "that it is of"),
        Field("unpriced", Kind.WHOLE, "of these, of an unknown price, and in no amount"),
    ),
)
LIFETIME_VALUE = Schema(
    "lifetime_value",
    "an assumption on how long accounts stay",
    (
        Field("basis", Kind.TEXT, "a distribution of the length of lifetimes, or 'constant_rate' of the forecast"),
        Field("aic_above", Kind.NUMBER, "of a distribution, above the lowest", may_lack=True),
        Field("years_within", Kind.NUMBER, "expected years as a customer within the limit"),
        Field("years", Kind.NUMBER, "without a limit; missing where that is infinite or nothing tells", may_lack=True),
        Field("value_within", Kind.NUMBER, "years within the limit times the mean price of a year"),
        Field("value", Kind.NUMBER, "without a limit", may_lack=True),
    ),
)
