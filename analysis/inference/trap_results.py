"""Trap results: mistakes with time, made on purpose on a study's own data; ``study.traps`` in a notebook."""

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.cohort.event_date import counting_process_by_other_date
from analysis.errors import DesignError, ModelError, StudyError
from analysis.figures.display import Display
from analysis.figures.effects import draw_hazard_ratios, forest_height
from analysis.figures.shown import Answers
from analysis.figures.style import CYCLE
from analysis.figures.survival import draw_survival
from analysis.inference.traps import RIGHT, WRONG, entry_curves, entry_ratios, immortal_ratios, notice_ratios
from analysis.lifetimes.sold import told_of
from analysis.wording.nearest import nearest

COLORS = dict(zip((RIGHT, WRONG), CYCLE, strict=False))


class TrapResults(Answers):
    """What the usual mistakes with time would have found in a study, beside what is right.

    Parameters
    ----------
    tenure
        The cohort.
    """

    first = "entry"

    def __init__(self, tenure: CohortTables) -> None:
        self._tenure = tenure

    def entry(self) -> Display:
        """Return survival curves with late entry, and as if all had been observed from their first day."""
        curves, at_risk = entry_curves(self._tenure.counting_process, self._tenure.study.report)
        return Display(
            "Share still customers, with late entry (right) and without it (wrong)",
            curves,
            lambda ax: draw_survival(ax, curves, at_risk),
            size=(7.0, 4.2),
            notes=(
                *_after_years(curves),
                "Who joined before the observation began and left before it, too, is not in the data. Counted from "
                "their first day, those who are could not have left until then: days that nobody risked.",
            ),
        )

    def entry_ratio(self) -> Display:
        """Return the hazard ratio of customers from before the observation began, with late entry and without."""
        rows = self._tenure.counting_process
        late = rows.groupby("lifetime_id")["start"].transform("min") > 0
        return _show(
            entry_ratios(rows, late.to_numpy(bool)),
            {RIGHT: "at risk from the day of entry", WRONG: "as if at risk from the first day"},
            "Hazard ratio of customers from before the study, with late entry (right) and without it (wrong)",
            "They had to stay until the study began to be in it at all; counted as days at risk, it makes them loyal.",
        )

    def immortal_time(self, happened: str = "departures >= 1") -> Display:
        """Return the hazard ratio of something that happened once, coded when it was known, and as ever happened.

        Parameters
        ----------
        happened
            True or false of an interval, in SQL over covariates, as `where` of `Findings.cox`.

        Raises
        ------
        StudyError
            If it cannot be computed, or is not true or false.
        ModelError
            If it is so everywhere or nowhere, or nobody left with it.
        """
        tenure, rows = self._tenure, self._tenure.counting_process
        names = [covariate.name for covariate in tenure.covariates("counting_process")]
        told = told_of(tenure, rows[["lifetime_id", "risk_date", *names]], happened).values
        if not told.dropna().isin([True, False]).all():
            raise StudyError(f"'{happened}' is not true or false of each interval; compare: departures >= 1.")
        return _show(
            immortal_ratios(rows, told.eq(True).to_numpy(bool), happened),
            {RIGHT: "from when it was known", WRONG: "from the first day, if it ever was so"},
            f"Hazard ratio of {happened}, coded in time (right) and as ever so (wrong)",
            "Whoever stays longer has more time for it to happen. Coded as fixed, the days before it are counted as "
            "days with it, and on none of them could the account have left.",
        )

    def use_after_notice(self, covariate: str = "events_per_seat_day") -> Display:
        """Return the hazard ratio of a covariate of use, with the event dated by notice, and by the end.

        Parameters
        ----------
        covariate
            Its name.

        Raises
        ------
        DesignError
            If no such covariate is measured.
        ModelError
            If the source knows no notices, or too few left by either date.
        """
        tenure = self._tenure
        declared = {one.name: one for one in tenure.covariates("counting_process")}
        if covariate not in declared:
            near = nearest(covariate, declared, listed_by="study.tables.counting_process.describe()")
            raise DesignError(f"No covariate '{covariate}' is measured here. {near}")
        if tenure.table("lifetimes")["notice_on"].isna().all():
            raise ModelError("The source knows no notices, so that nothing can be told of the days after them.")
        by_notice, by_end = tenure.counting_process, counting_process_by_other_date(tenure)
        if tenure.study.time.event_date == "end":
            by_notice, by_end = by_end, by_notice
        return _show(
            notice_ratios(by_notice, by_end, declared[covariate]),
            {RIGHT: "event is the notice; no day after it", WRONG: "event is the end; days under notice count"},
            f"Hazard ratio of {covariate} per standard deviation, by notice (right) and by the end (wrong)",
            "Under notice nothing is decided any more: use follows from leaving then, or says nothing of it. An event "
            "dated by the end is explained by that use, and not by the use that could be seen before the notice.",
        )


def _after_years(curves: pd.DataFrame) -> tuple[str, ...]:
    """Say what both curves have come to after one and three years, where both reach so far."""
    said = []
    for years in (1, 3):
        until = curves[curves["time"] <= 365 * years].groupby("group", sort=False)["estimate"].last()
        reaches = curves.groupby("group", sort=False)["time"].max() >= 365 * years
        if len(until) == len(COLORS) and reaches.all():
            said.append(
                f"After {years} year{'s'[: years > 1]}: {until[RIGHT]:.0%} (right), {until[WRONG]:.0%} (wrong)."
            )
    return tuple(said)


def _show(ratios: pd.DataFrame, ways: dict[str, str], title: str, why: str) -> Display:
    several = len(set(ratios["term"])) > 1
    hows = [(f"{row.term}: " if several else "") + ways[row.counted] for row in ratios.itertuples()]
    table = ratios.assign(how=hows)
    drawn = table.rename(columns={"how": "label", "counted": "family"})
    return Display(
        title,
        table[["counted", "how", *ratios.columns.drop("counted")]],
        lambda ax: draw_hazard_ratios(ax, drawn, COLORS, "Hazard ratio (95% interval)"),
        size=(8.4, forest_height(drawn)),
        notes=(why,),
    )
