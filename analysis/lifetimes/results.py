"""Event results: a study's ends and changes as displays; ``tenure.events`` in a notebook."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from analysis.declared.study_parts import Report
from analysis.figures.display import Display
from analysis.figures.shown import Answers
from analysis.figures.style import CYCLE
from analysis.figures.survival import draw_before_renewal, draw_incidence, draw_mean_number, draw_rates
from analysis.lifetimes.clock import commonest_kind, kinds_to_draw, leaving_before_renewal
from analysis.lifetimes.displays import since
from analysis.lifetimes.events import CAUSES, PARTS, changes_by_age, churn_rates, ends_by_cause
from analysis.wording.nearest import nearest

_UNITS = "Exposure is in days at risk, rates are per year of it."
CAUSE_COLORS = dict(zip(CAUSES, CYCLE, strict=False))


class EventResults(Answers):
    """How lifetimes end and what changes in them; each result is computed once, when first asked for.

    Parameters
    ----------
    table
        Returns a table of the cohort by name.
    report
        Where curves begin, and the smallest cell.
    """

    first = "ends"

    def __init__(self, table: Callable[[str], pd.DataFrame], report: Report) -> None:
        self._table = table
        self._report = report

    @cached_property
    def _counting_process(self) -> pd.DataFrame:
        return self._table("counting_process")

    def churn_rates(self, by: str = "phase") -> Display:
        """Return churn per year at risk by 'phase' or by 'renewal_clock'.

        Raises
        ------
        ValueError
            If it is asked for by anything else.
        """
        if by not in PARTS:
            raise ValueError(f"There are no rates by {by!r}. {nearest(by, PARTS)}")
        rates = churn_rates(self._table("phase_intervals"), by, self._report.min_cell)
        title = f"Churn per year at risk, by {by.replace('_', ' ')}"
        size = (7.0, 0.9 + 0.4 * len(rates))
        return Display(title, rates, lambda ax: draw_rates(ax, rates), size=size, notes=(_UNITS,))

    def before_renewal(self, kind: str | None = None) -> Display:
        """Return churn per year at risk by days left to the end of the term, for each kind of term.

        Parameters
        ----------
        kind
            Of which a picture is drawn: 'monthly', 'part_year', 'yearly', 'unknown_length'; the commonest by default.

        Raises
        ------
        ValueError
            If there is nothing of this kind to draw.
        """
        table = leaving_before_renewal(self._counting_process, self._report.min_cell)
        drawn = kind or commonest_kind(table)
        if kind is not None and kind not in kinds_to_draw(table):
            raise ValueError(
                f"There is no picture of kind {kind!r}; there is of: {', '.join(kinds_to_draw(table)) or 'none'}."
            )
        draw = None if drawn is None else lambda ax: draw_before_renewal(ax, table[table["kind"] == drawn])
        title = "When before a renewal do accounts leave?" + (f" Terms: {drawn}" if drawn else "")
        return Display(title, table, draw, size=(7.4, 3.4), notes=(_UNITS,))

    def ends(self) -> Display:
        """Return the share of lifetimes that ended for each cause by age, causes competing."""
        curves = ends_by_cause(self._counting_process, self._report)
        draw = None if curves.empty else lambda ax: draw_incidence(ax, curves, CAUSE_COLORS)
        title = f"Share ended by age, by cause{since(curves)}"
        return Display(title, curves, draw, size=(7.0, 3.6), notes=self._untold(curves, "Nobody ended"))

    def changes(self) -> Display:
        """Return the mean number of contractions and expansions of a lifetime by age, ends competing."""
        curves = changes_by_age(self._counting_process, self._table("recurrent_events"), self._report)
        draw = None if curves.empty else lambda ax: draw_mean_number(ax, curves)
        title = f"Contractions and expansions per lifetime, by age{since(curves)}"
        return Display(title, curves, draw, size=(7.0, 3.6), notes=self._untold(curves, "Nothing changed"))

    def _untold(self, curves: pd.DataFrame, nothing: str) -> tuple[str, ...]:
        """Say why there are no curves, or no intervals of them."""
        if curves.empty:
            return (f"{nothing}, or at no age were {self._report.curve_from_at_risk} at risk at once.",)
        if self._counting_process["cluster_id"].nunique() < 2:
            return ("All belong to one parent account: nothing tells how others differ, and there are no intervals.",)
        return ()

    def returns(self) -> Display:
        """Return the accounts that came back after a gap longer than the allowed one."""
        return Display("Accounts that came back", self._table("returns"))
