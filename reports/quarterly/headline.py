"""The first numbers of a report, for its manifest."""

from reports.quarterly.content import Summary
from reports.quarterly.manifest import Headline


def headline(summary: Summary) -> Headline:
    """Return the first numbers of a report."""
    reading, last = summary.reading, summary.last
    quoted = reading.quoted if reading else None
    loss = reading.loss if reading else None
    return Headline(
        at_risk=summary.standpoint.n_at_risk,
        known_leavers=len(summary.known_leavers),
        model=reading.headline if reading else None,
        expected=float(quoted.expected) if quoted else None,
        intervals=quoted.intervals if quoted else (),
        expected_loss=float(loss.expected) if loss else None,
        loss_intervals=loss.intervals if loss else (),
        quarter_left_from=f"{last.quarter_from:%Y-%m-%d}" if last else None,
        at_start=last.at_start if last else None,
        left=last.churned if last else None,
        rate=last.rate if last else None,
    )
