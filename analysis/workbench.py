"""The workbench: one study opened, with every result a method away; what notebooks and reports start from."""

import dataclasses
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from analysis.audits.results import AuditResults
from analysis.cohort.build import build_cohort
from analysis.cohort.cohort_tables import CohortTables
from analysis.contest.reliance import permutation_losses
from analysis.cox.proportional_hazards import ProportionalHazards, coefficient_path, proportional_hazards_test
from analysis.declared.study import Study, read_study
from analysis.design.outcome import Outcome
from analysis.engine.warehouse import Progress
from analysis.errors import ModelError, StudyError
from analysis.evaluation.rolling_origin import RollingOrigin, rolling_origin
from analysis.figures.display import Display
from analysis.figures.effects import draw_coefficient_path, draw_family_losses, draw_hazard_ratios, forest_height
from analysis.figures.forecast import draw_book, draw_outlook
from analysis.figures.survival import draw_survival
from analysis.forecast.outlook import Forecast, forecast_last_landmark
from analysis.inference.event_dates import compare_event_dates
from analysis.inference.fit import Inference, fit_inference
from analysis.inference.hazard_ratios import drifts, hazard_ratios
from analysis.inference.joint_tests import family_tests
from analysis.lifetimes.labels import pooled_labels
from analysis.lifetimes.results import EventResults
from analysis.lifetimes.survival import survival_tables
from analysis.models.registry import COX, FOREST, competing_models
from analysis.wording.remarks import english


class Workbench(CohortTables):
    """A study with every result a method away, each computed once when first asked for."""

    @cached_property
    def inference(self) -> Inference:
        """The time-varying Cox model."""
        self.progress("fitting the time-varying Cox model")
        return fit_inference(self.counting_process, self.covariates("counting_process"))

    @cached_property
    def rolling(self) -> RollingOrigin:
        """Forecasts of recent quarters that the models had not seen, and their scores."""
        return rolling_origin(
            self.landmarks,
            self.covariates("landmarks"),
            competing_models(self.study),
            n_folds=self.study.models.test_quarters,
            allowed_gap_days=self.study.time.allowed_gap_days,
            n_resamples=self.study.models.resamples,
            seed=self.study.seed,
            progress=self.progress,
        )

    @cached_property
    def forecast(self) -> Forecast:
        """The outlook from the last landmark, headed by the model with the best out-of-time Brier score."""
        scores = self.rolling.pooled.query(
            "metric == 'brier' and model in @candidates", local_dict={"candidates": (COX, FOREST)}
        )
        headline = str(scores.sort_values(["estimate", "model"])["model"].iloc[0])
        self.progress("forecasting from the last landmark")
        announced = self.table("known_leavers")["lifetime_id"].tolist()
        return forecast_last_landmark(self.landmarks, self.covariates("landmarks"), self.study, headline, announced)

    def survival(self, by: str | None = None) -> Display:
        """Return survival curves with numbers at risk, by a column of ``accounts`` or for all.

        Columns of ``accounts`` are labels as of the snapshot: fine for a picture, never covariates.
        """
        curves, at_risk = self.survival_tables(by)
        title = "Share still customers" + (f", by {by}" if by else "")
        return Display(title, curves, lambda ax: draw_survival(ax, curves, at_risk), size=(7.0, 4.2))

    def survival_tables(self, by: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return survival curves, and the numbers at risk (group, time, at_risk) at a few round times.

        Raises
        ------
        StudyError
            If ``accounts`` has no such column, or the source does not give it.
        """
        if by and f"accounts.{by}" not in self.given:
            known = sorted(name.removeprefix("accounts.") for name in self.given if name.startswith("accounts."))
            raise StudyError(f"The source gives no column '{by}' of accounts. It gives: {', '.join(known)}.")
        group = None
        if by:
            labels = pooled_labels(self.table("accounts").set_index("account_id")[by], self.study.report.min_cell)
            group = self.counting_process["account_id"].map(labels).to_numpy(object)
        return survival_tables(Outcome.from_counting_process(self.counting_process), group)

    @cached_property
    def events(self) -> EventResults:
        """How lifetimes end and what changes in them."""
        return EventResults(self.table)

    @cached_property
    def audits(self) -> AuditResults:
        """What could make the findings wrong, looked for on these data."""
        return AuditResults(self)

    @cached_property
    def with_other_event_date(self) -> "Workbench | None":
        """The same study with the event dated the other way (notice, end); None where no notice is known."""
        if self.table("lifetimes")["notice_on"].isna().all():
            return None
        event_date: Literal["notice", "end"] = "end" if self.study.time.event_date == "notice" else "notice"
        self.progress(f"building the cohort with the event dated by {event_date}")
        time = dataclasses.replace(self.study.time, event_date=event_date)
        study = dataclasses.replace(self.study, name=f"by-{event_date}", time=time)
        return open_workbench(study, self.cohort_file.parent, progress=lambda message: None)

    def event_dates(self) -> Display:
        """Return what the joint tests and hazard ratios become with the event dated the other way.

        Raises
        ------
        ModelError
            If no notice is known: both dates are the same.
        """
        other = self.with_other_event_date
        if other is None:
            raise ModelError("No notice is known: lifetimes end on their ends, and there is no other date.")
        families = [family.name for family, _ in self.families()]
        return Display("Findings by event date", compare_event_dates(self.inference, other.inference, families))

    def book(self) -> Display:
        """Return the accounts at the start of each fiscal quarter, and how many left in it."""
        table = self.table("book_by_quarter")
        table["rate"] = (table["churned_of_start"] / table["at_start"]).where(table["at_start"] > 0)
        table["label"] = [english().format_field(day, "MMM y") for day in table["quarter_from"]]
        return Display("The book by quarter", table, lambda ax: draw_book(ax, table), size=(8.4, 3.2))

    def hazard_ratios(self) -> Display:
        """Return hazard ratios per standard deviation with cluster-robust intervals, from the inference fit."""
        table = self.labelled(hazard_ratios(self.inference.fit, self.inference.columns))
        shown = table[~table["marks_missing"]]
        return Display(
            "Hazard ratios per standard deviation",
            table,
            lambda ax: draw_hazard_ratios(ax, shown, self.colors),
            size=(7.0, forest_height(shown)),
        )

    @cached_property
    def proportionality(self) -> ProportionalHazards:
        """The test of proportional hazards of the inference fit, over lifetime as 1 - Kaplan-Meier."""
        return proportional_hazards_test(self.inference.fit)

    def proportional_hazards(self) -> Display:
        """Return which hazard ratios drift over the lifetime (score tests, Holm), and the path of the strongest."""
        table = self.labelled(drifts(self.proportionality, self.inference.columns))
        strongest = table.sort_values(["p_value", "term"], kind="stable").iloc[0]
        path = coefficient_path(self.proportionality, strongest["term"])
        return Display(
            "Do hazard ratios change over the lifetime?",
            table,
            lambda ax: draw_coefficient_path(
                ax, path, strongest["estimate"], strongest["label"], self.colors[strongest["family"]]
            ),
            size=(7.0, 3.2),
        )

    def family_tests(self) -> Display:
        """Return the robust joint test of each family, given everything else in the model."""
        inference = self.inference
        table = family_tests(inference.fit, inference.columns, [family.name for family, _ in self.families()])
        return Display("Joint test of each family's columns", table)

    def family_losses(self) -> Display:
        """Return what out-of-time forecasts lose when a family's columns are shuffled among comparable accounts."""
        table = self._losses.query("metric == 'ipa'").reset_index(drop=True)
        table.insert(0, "label", table["family"] + ", " + table["model"])
        return Display(
            "Points of explained variation (IPA) lost without the family",
            table,
            lambda ax: draw_family_losses(ax, table, self.colors),
            size=(7.0, 1.0 + 0.35 * len(table)),
        )

    @cached_property
    def _losses(self) -> pd.DataFrame:
        models = self.study.models
        return permutation_losses(
            self.rolling.folds,
            [COX, FOREST],
            [family.name for family, _ in self.families()],
            n_repeats=models.permutations,
            n_resamples=models.resamples,
            seed=self.study.seed,
            progress=self.progress,
        )

    def scores(self) -> Display:
        """Return out-of-time scores of every model with intervals by resampled accounts."""
        return Display("Out-of-time scores", self.rolling.pooled)

    def outlook(self) -> Display:
        """Return every account's probability of leaving within the horizon, highest first."""
        forecast = self.forecast
        table = forecast.accounts.sort_values(
            [forecast.headline, "account_id"], ascending=[False, True], ignore_index=True
        )
        probabilities = table[forecast.headline].tolist()
        title = f"Probability of leaving from {forecast.landmark:%Y-%m-%d} to {forecast.horizon_ends_on:%Y-%m-%d}"
        return Display(title, table, lambda ax: draw_outlook(ax, probabilities, self.study.report.risk_tiers))


def open_study(
    path: str | Path,
    *,
    source: str | Path | None = None,
    out: str | Path = "out",
    threads: int | None = None,
    memory_limit: str | None = None,
    progress: Progress = print,
) -> Workbench:
    """Open a study, building its cohort if its data, dates or queries are new.

    Parameters
    ----------
    path
        The study file.
    source
        Another folder with the raw data than the study names.
    out
        Where output goes; the study gets a folder of its name in it.
    threads
        Threads for DuckDB; results never depend on it.
    memory_limit
        Most memory for DuckDB, such as ``4GB``; results never depend on it.
    progress
        Told, in one line each, what takes time.

    Raises
    ------
    StudyError, SourceError, ContractError, BuildError
        If the study cannot be built.

    Examples
    --------
    >>> tenure = open_study("study.toml")  # doctest: +SKIP
    >>> tenure.survival(by="segment")  # doctest: +SKIP
    """
    study = read_study(path)
    if source is not None:
        study = study.with_source(Path(source))
    return open_workbench(study, Path(out), threads=threads, memory_limit=memory_limit, progress=progress)


def open_workbench(
    study: Study,
    out: Path,
    *,
    threads: int | None = None,
    memory_limit: str | None = None,
    progress: Progress = print,
) -> Workbench:
    """Open a study that has been read already; see `open_study`."""
    build = build_cohort(study, out / study.name, progress, threads, memory_limit)
    return Workbench(study, build.path, build.hashes, progress, memory_limit)
