"""Tried: one covariate of an analyst's own, looked at from all sides; it shows itself in a notebook."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.audits.coverage import coverage
from analysis.audits.lag_ladder import lag_ladder
from analysis.contest.dose_response import dose_response
from analysis.contest.effect_displays import show_dose_response
from analysis.contest.values import LOG_SCORE
from analysis.declared.factors import Covariate, control_family, families_named
from analysis.errors import DesignError, ModelError
from analysis.figures.display import Display
from analysis.figures.saving import save
from analysis.inference.fit import fit_inference
from analysis.trial import displays
from analysis.trial.addition import what_it_adds
from analysis.trial.keeping import keep_query
from analysis.trial.levels import hazard_by_level
from analysis.trial.look_back import Look, Looked
from analysis.trial.spread import has_long_tail, spread
from analysis.trial.widened import Widened
from analysis.wording.remarks import Remark, remark

_SIGNS = {"+": "trial.more_leaving", "-": "trial.less_leaving", "?": "trial.any_leaving"}


@dataclass(frozen=True, slots=True)
class Written:
    """A covariate as it was written: its name, its SQL, and what is said of it, as its two files would have it."""

    name: str
    sql: str
    content: Mapping[str, Any]


class Tried:
    """A covariate that was tried; each result is made when first asked for.

    Parameters
    ----------
    cohort
        The cohort with the covariate.
    written
        As it was written.
    looked
        What became of it when the past was rebuilt.
    number
        The how manieth it is of the session.
    adjusted
        Returns its p value by Holm's method over the session's covariates, and how many these are.
    """

    def __init__(
        self,
        cohort: Widened,
        written: Written,
        looked: Looked,
        number: int,
        adjusted: Callable[[], tuple[float, int]],
    ) -> None:
        self._cohort, self.written, self.looked = cohort, written, looked
        self.number, self._adjusted = number, adjusted

    @property
    def covariate(self) -> Covariate:
        """What is declared of it."""
        return self._cohort.covariate

    @property
    def title(self) -> str:
        """Its name for readers."""
        return self.covariate.label_en

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands above all results."""
        return tuple(map(str, self._said()))

    @property
    def is_clean(self) -> bool:
        """Whether it is shown to know nothing of the future."""
        return self.looked.verdict is Look.CLEAN

    def frame(self) -> pd.DataFrame:
        """Return its value on every date on which covariates are asked for: lifetime, date, account, and its name."""
        return self._cohort.values.copy()

    def look_ahead(self) -> Display:
        """Return the rows in which it knew the future; or the days on which the past was rebuilt, and none did."""
        return displays.show_look(self.looked, self.covariate)

    def coverage(self) -> Display:
        """Return the share of landmark rows with a value, by quarter; where its log does not reach there is none."""
        shares = coverage(self._cohort)
        own = shares[shares["covariate"] == self.covariate.name].reset_index(drop=True)
        return displays.show_coverage(own, self.covariate, self._cohort.colors)

    def distribution(self) -> Display:
        """Return which values it has, and in how many landmark rows."""
        skewed = has_long_tail(self._cohort)
        return displays.show_spread(spread(self._cohort), self.covariate, self._cohort.colors, has_long_tail=skewed)

    @cached_property
    def _dose(self) -> Display:
        self._refuse_unclean()
        rows = self._cohort.counting_process
        known = self._cohort.known_beside("counting_process")
        self._cohort.progress(f"{self.covariate.name}: dose-response")
        families = displays.beside_remark([one.family for one in known if one.family != control_family()])
        beside = remark("trial.dose_beside", families=families)
        if self.covariate.transform != "category":
            try:
                found = dose_response(self.covariate.name, rows, fit_inference(rows, [*known, self.covariate]))
            except ModelError as error:
                if error.remark.code != "contest.too_alike":
                    raise
            else:
                notes = (beside, *(note for note in found.notes if note.code != "contest.dose_no_forest"))
                return show_dose_response(replace(found, notes=notes), self.covariate)
        table = self._cohort.labelled(hazard_by_level(rows, known, self.covariate))
        return displays.show_levels(table, self.covariate, self._cohort.colors, beside)

    def dose_response(self) -> Display:
        """Return how the hazard of leaving goes with its value, the contract and its family as they are.

        A curve; of words, or of a number of few values, a ratio for each.

        Raises
        ------
        ModelError
            If it is not shown to be clean, or cannot be told from what is in the model.
        """
        return self._dose

    @cached_property
    def _ladder(self) -> pd.DataFrame:
        self._refuse_unclean()
        if self.covariate.family == control_family():
            raise ModelError(remark("trial.contract_has_no_lag"))
        contract = [one for one in self._cohort.covariates("counting_process") if one.family == control_family()]
        effects, _ = lag_ladder(self._cohort, self._cohort.study.audits.lags, [*contract, self.covariate])
        if effects.empty:
            raise ModelError(remark("trial.no_rung", covariate=self.covariate.name))
        return self._cohort.labelled(effects).sort_values(["term", "lag"], kind="stable", ignore_index=True)

    def lags(self) -> Display:
        """Return its hazard ratio by how many days before it is looked at, the contract as it stands.

        Raises
        ------
        ModelError, DesignError
            If it is not shown to be clean, the contract says it, or too few lifetimes are old enough.
        """
        return displays.show_lags(self._ladder, self.covariate, self._cohort.colors)

    @cached_property
    def added(self) -> pd.DataFrame:
        """What knowing it adds to forecasts, as `analysis.trial.frames.ADDED`.

        Raises
        ------
        ModelError
            If it is not shown to be clean, or no quarter can be scored.
        """
        self._refuse_unclean()
        self._cohort.progress(f"{self.covariate.name}: forecasts with and without it")
        return what_it_adds(self._cohort)

    @property
    def p_value(self) -> float:
        """Of adding nothing beside what is there, by the logarithmic score; NaN where it was not asked for yet."""
        if "added" not in vars(self):
            return float("nan")
        return float(self.added.loc[self.added["metric"] == LOG_SCORE, "p_value"].to_numpy(np.float64)[-1])

    def adds(self) -> Display:
        """Return what knowing it adds to forecasts out of time, beside the contract, and beside its family, too.

        Raises
        ------
        ModelError
            If it is not shown to be clean, or no quarter can be scored.
        """
        added = self.added
        return displays.show_addition(added, self.covariate, self._cohort.colors, *self._adjusted())

    def plot(self, ax: Axes | None = None) -> Figure:
        """Draw its distribution; see `Display.plot`."""
        return self.distribution().plot(ax)

    def save(self, path: str | Path) -> Path:
        """Save its values (``.csv``, ``.parquet``, ``.xlsx``), their picture (``.png``, ``.svg``) or all (``.html``).

        Each result can be saved by itself, too; see `Display.save`.

        Raises
        ------
        StoreError
            If the name ends otherwise, or the file can't be written.
        """
        return save(self, path)

    def as_svg(self) -> str:
        """Return the picture of its distribution as SVG."""
        return self.distribution().as_svg()

    def as_html(self) -> str:
        """Return all of it as HTML, as a notebook shows it."""
        return self._repr_html_()

    def keep(self, folder: str | Path) -> tuple[Path, Path]:
        """Write it into a folder, from which the study takes it once its file has ``queries = ["./folder"]``.

        Parameters
        ----------
        folder
            Relative to the folder of the study file; made if it is not there.

        Raises
        ------
        ModelError
            If it is not shown to be clean.
        StudyError, StoreError
            If another query of that name is there, or nothing can be written.
        """
        self._refuse_unclean()
        study = self._cohort.study
        place = study.folder / folder
        files = keep_query(place, self.written.name, self.written.sql, self.written.content)
        names = tuple(f"{folder}/{path.name}" for path in files)
        code = "trial.kept_in_study" if place.resolve() in {one.resolve() for one in study.queries} else "trial.kept"
        said = {"folder": f"./{folder}"} if code == "trial.kept" else {}
        self._cohort.progress(str(remark(code, files=names, **said)))
        return files

    def _refuse_unclean(self) -> None:
        if not self.is_clean:
            raise ModelError(displays.verdict_remark(self.looked))

    def _said(self) -> list[Remark]:
        """Return what stands above all results."""
        of = {"covariate": self.covariate.name, "family": families_named([self.covariate.family])[0]}
        number = remark("trial.number") if self.number == 1 else remark("trial.number_later", number=self.number)
        return [
            remark("trial.of_family", sign=remark(_SIGNS[self.covariate.expected_sign]), **of),
            displays.verdict_remark(self.looked),
            number,
        ]

    def _results(self) -> list[Display | Remark]:
        """Return every result, or why there is none; what a covariate that is not clean would say is left out."""
        values: list[Callable[[], Display]] = [self.coverage, self.distribution]
        models: list[Callable[[], Display]] = [self.dose_response, self.lags, self.adds]
        differing: list[Callable[[], Display]] = [lambda: replace(self.look_ahead(), notes=())]
        results: list[Display | Remark] = []
        for make in [*values, *models] if self.is_clean else [*differing, *values]:
            try:
                results.append(make())
            except (DesignError, ModelError) as error:
                results.append(error.remark)
        return results

    def __repr__(self) -> str:
        """Return all of it as text."""
        return "\n\n".join(["\n".join([self.title, *self.notes]), *map(str, self._results())])

    def _repr_html_(self) -> str:
        """Return all of it as HTML; all text from data is escaped."""
        said = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        results = [
            one._repr_html_() if isinstance(one, Display) else f"<p><small>{html.escape(str(one))}</small></p>"
            for one in self._results()
        ]
        return f"<h3>{html.escape(self.title)}</h3>{said}{''.join(results)}"
