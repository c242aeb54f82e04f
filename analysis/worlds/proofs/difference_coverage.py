"""Difference coverage: do intervals of a family's risk difference hold what its predictor makes out in the company?"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.contest.ends import HeldOut
from analysis.contest.family_predictors import predictors_of_quarters
from analysis.contest.labels import labels_of
from analysis.contest.quarter_fits import QuarterFits, fits_of_quarters, said_by
from analysis.contest.quarter_logit import fit_quarter_logit
from analysis.contest.risk_difference import Shown, risk_differences
from analysis.declared.factors import contenders, control_family
from analysis.design.population import AT_THE_LANDMARK, still_there
from analysis.evaluation.rolling_origin import rolling_origin
from analysis.models.registry import LOGISTIC, competing_models
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds


def differences_of_worlds(
    companies: Iterable[StudiedCompany], accounts_per_world: int, n_quarters: int, progress: Progress = quiet
) -> Iterator[pd.DataFrame]:
    """Deal companies into worlds, and ask of each by how much accounts apart in a family differ.

    What is true is asked of the accounts of the company that the world does not have: what the world's own fits say of
    them, and how much more of them leave at the one end of it than at the other.

    Parameters
    ----------
    companies
        See `analysis.worlds.proofs.dealt_worlds`; each is dealt with its own number as seed.
    accounts_per_world
        Of each world.
    n_quarters
        Asked about, counted back from the last that is settled.

    Yields
    ------
    DataFrame
        A line for each family of a world of which its fits say anything: scenario, world, family, events, true,
        estimate, conf_low, conf_high.
    """
    names = (control_family(), *contenders())
    for number, company in enumerate(companies):
        tenure = company.tenure
        seed, gap = tenure.study.seed, tenure.study.time.allowed_gap_days
        frame, covariates = tenure.landmarks, tenure.covariates("landmarks")
        logistic = {LOGISTIC: competing_models(tenure.study)[LOGISTIC]}
        dealt = rows_of_worlds(deal(frame, accounts_per_world, number))
        for world, chosen in enumerate(dealt):
            rows = frame.iloc[chosen].reset_index(drop=True)
            folds = rolling_origin(
                rows, covariates, logistic, n_folds=n_quarters, allowed_gap_days=gap, n_resamples=1, seed=seed
            ).folds
            quarters = fits_of_quarters(rows, folds, allowed_gap_days=gap, elapsed=AT_THE_LANDMARK, seed=seed)
            told = predictors_of_quarters(quarters, names)
            found = risk_differences(told, told.iloc[:0], contenders(), seed=seed)
            true = true_differences(quarters, frame.drop(frame.index[chosen]), names)
            table = found.table[found.table["shown"] != Shown.SILENT.value]
            yield table.assign(
                scenario=company.scenario_name,
                world=f"{company.name}-{world}",
                events=found.n_events,
                true=table["family"].map(true).astype(np.float64),
            )[["scenario", "world", "family", "events", "true", "estimate", "conf_low", "conf_high"]]
            progress(f"{company.name}, world {world + 1} of {len(dealt)}: {found.n_events} leavers")


def true_differences(
    quarters: Sequence[QuarterFits], landmarks: pd.DataFrame, families: Sequence[str]
) -> dict[str, float]:
    """Return the risk difference of each family among accounts that its fits have not seen, in points of churn.

    Parameters
    ----------
    quarters
        What a world learned.
    landmarks
        Rows of other accounts of its company: each is told by one of a quarter's fits, cluster by cluster in turn.
    families
        The contract among them.
    """
    frames = []
    for quarter in quarters:
        day = quarter.fold.landmark
        there = (landmarks["risk_date"] == day) & still_there(landmarks, AT_THE_LANDMARK)
        rows = quarter.fold.relabel(landmarks[there]).reset_index(drop=True)
        matrix, said = quarter.fold.design.apply(rows), {family: np.zeros(len(rows)) for family in families}
        turn = np.unique(rows["cluster_id"], return_inverse=True)[1] % max(len(quarter.fits), 1)
        for place, fit in enumerate(quarter.fits.values()):
            for family, values in said_by(fit, matrix.take(turn == place), families).items():
                said[family][turn == place] = values
        frames.append(labels_of(rows, day).assign(event=rows["event"] == 1, **said))
    held_out = HeldOut.of(pd.concat(frames, ignore_index=True), [name for name in families if name != control_family()])
    found = fit_quarter_logit(held_out.values, held_out.event, held_out.quarter)
    once = np.ones(len(held_out.event), dtype=np.int64)
    return {family: ends.estimate for family, ends in held_out.read(found, once).items()}


def summarise_differences(worlds: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Sum up worlds by scenario and family.

    Returns
    -------
    DataFrame
        scenario, family, worlds (of which its fits say anything), events, true, estimate (means), error (root of the
        mean square of estimate less true), width (mean, of the 95% intervals), coverage (share of the intervals that
        hold what is true), above, below (shares of the intervals, each for itself, on either side of none).
    """
    found = pd.concat(worlds, ignore_index=True)
    found = found.assign(
        missed=(found["estimate"] - found["true"]) ** 2,
        width=found["conf_high"] - found["conf_low"],
        coverage=found["conf_low"].le(found["true"]) & found["conf_high"].ge(found["true"]),
        above=found["conf_low"] > 0,
        below=found["conf_high"] < 0,
    )
    table = found.groupby(["scenario", "family"], sort=False).agg(
        worlds=("world", "size"), events=("events", "mean"), true=("true", "mean"), estimate=("estimate", "mean"),
        error=("missed", lambda squares: float(np.sqrt(squares.mean()))), width=("width", "mean"),
        coverage=("coverage", "mean"), above=("above", "mean"), below=("below", "mean"),
    )  # fmt: skip
    return table.reset_index()
