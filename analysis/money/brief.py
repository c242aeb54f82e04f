"""The money brief: the few amounts that a first page needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MoneyBrief:
    """What a first page says of money; amounts are prices of a year.

    None where these data do not tell, or where too few accounts are behind it to be shown.

    Attributes
    ----------
    currency
        Its code; None where neither data nor study name one.
    arr_now, n_unpriced
        On the snapshot, and the accounts in force of which some price is not known, which are in no amount.
    arr_at_risk_expected, arr_at_risk_low, arr_at_risk_high
        Expected to end by the end of the horizon, announced already or not, and its 95% interval; that begins at what
        is announced, and is not told where that is of too few.
    arr_to_leave
        What is expected to leave with those at risk by then, by the date of the study's events, without the announced.
    arr_under_notice, n_under_notice
        Announced, and ending by then.
    renewals_due, renewals_due_arr
        Accounts with terms of over two months that fall due by then, those under notice among them, and what these pay.
    hides_renewals
        Whether some fall due, but too few to be told.
    renewal_rate, renewal_arr_rate
        Of the last quarter of which no renewal is open, of the same terms: in accounts, and in money.
    grr, nrr
        Of the twelve months up to the last settled quarter start; of the quarter where a year is not observed.
    retention_is_yearly
        Which of the two.
    """

    currency: str | None
    arr_now: float | None
    n_unpriced: int
    arr_at_risk_expected: float | None
    arr_at_risk_low: float | None
    arr_at_risk_high: float | None
    arr_to_leave: float | None
    arr_under_notice: float | None
    n_under_notice: int
    renewals_due: int | None
    renewals_due_arr: float | None
    hides_renewals: bool
    renewal_rate: float | None
    renewal_arr_rate: float | None
    grr: float | None
    nrr: float | None
    retention_is_yearly: bool
