"""Currency: what prices are in."""

from analysis.cohort.cohort_tables import CohortTables


def currency_of(tenure: CohortTables) -> str | None:
    """Return the currency of prices: as the data say, else as the study does; None where neither does."""
    named = currencies_of(tenure)
    return named[0] if len(named) == 1 else (tenure.study.report.currency or None)


def currencies_of(tenure: CohortTables) -> tuple[str, ...]:
    """Return the currencies that the data name beside a price, in order."""
    if "subscriptions.currency" not in tenure.given:
        return ()
    found = tenure.query(
        "select distinct currency from subscriptions where currency is not null and mrr is not null order by currency"
    )
    return tuple(found["currency"])
