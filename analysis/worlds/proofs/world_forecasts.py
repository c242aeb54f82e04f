"""World forecasts: quoted forecasts beside the truth, and beside the contract alone where nothing else matters."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from analysis.design.resampling import cluster_resamples
from analysis.evaluation.calibration.measures import calibration_line
from analysis.evaluation.measures.discrimination import auc
from analysis.evaluation.rolling_origin import QUOTED, RollingOrigin, cluster_place, rolling_origin
from analysis.evaluation.scores import pair_differences
from analysis.models.registry import BLENDED, CONTRACT_ONLY, competing_models
from analysis.progress import Progress, quiet
from analysis.worlds.proofs.dealt_worlds import StudiedCompany, deal, rows_of_worlds

TRUTH = "three_month_probability"


def forecasts_of_worlds(
    companies: Iterable[StudiedCompany],
    accounts_per_world: int,
    n_quarters: int,
    n_resamples: int = 200,
    progress: Progress = quiet,
) -> Iterator[dict[str, object]]:
    """Deal companies into worlds, and forecast the quarters of each as a study would, all models competing.

    Parameters
    ----------
    companies
        See `analysis.worlds.proofs.dealt_worlds`.
    accounts_per_world
        Of each world.
    n_quarters
        Scored, counted back from the last that is settled.
    n_resamples
        Of accounts, behind the interval of the lead over the contract.

    Yields
    ------
    dict
        scenario, world, events (of the quarters scored), quoted (the model of the last quarter), auc, auc_contract,
        auc_truth (of the true probabilities; NaN where the company has none), slope and observed_over_expected of the
        quoted forecasts, ipa_lead over the contract alone with conf_low and conf_high.
    """
    for company in companies:
        tenure, time = company.tenure, company.tenure.study.time
        frame, truth = tenure.landmarks, _truth(company)
        dealt = rows_of_worlds(deal(frame, accounts_per_world, 0))
        for world, chosen in enumerate(dealt):
            rolled = rolling_origin(
                frame.iloc[chosen].reset_index(drop=True),
                tenure.covariates("landmarks"),
                competing_models(tenure.study),
                blended=BLENDED,
                n_folds=n_quarters,
                allowed_gap_days=time.allowed_gap_days,
                n_resamples=1,
                seed=tenure.study.seed,
            )
            found = _line(rolled, truth, n_resamples)
            yield {"scenario": company.scenario_name, "world": f"{company.name}-{world}", **found}
            progress(f"{company.name}, world {world + 1} of {len(dealt)}: {found['quoted']} quoted")


def _truth(company: StudiedCompany) -> pd.DataFrame | None:
    if not (company.data / "truth" / f"{TRUTH}.parquet").exists():
        return None
    return company.truth(TRUTH)[["account_id", "landmark", "probability"]]


def _line(rolled: RollingOrigin, truth: pd.DataFrame | None, n_resamples: int) -> dict[str, object]:
    scored = rolled.predictions
    event, landmark = scored["event"].to_numpy(bool), scored["landmark"].to_numpy()
    cluster, risk = scored["cluster_id"].to_numpy(object), scored[QUOTED].to_numpy(np.float64)
    weights = cluster_resamples(cluster_place([fold.outcome for fold in rolled.folds]), n_resamples, 0)
    pairs = pair_differences(scored, [QUOTED, CONTRACT_ONLY], weights)
    lead = pairs[pairs["metric"] == "ipa"].iloc[0]
    return {
        "events": int(event.sum()),
        "quoted": rolled.choices[-1].model,
        "auc": _ranked(event, risk, landmark),
        "auc_contract": _ranked(event, scored[CONTRACT_ONLY].to_numpy(np.float64), landmark),
        "auc_truth": _ranked_by_truth(scored, truth),
        "slope": calibration_line(event, risk, cluster).slope.estimate,
        "observed_over_expected": float(event.sum() / risk.sum()),
        "ipa_lead": float(lead["estimate"]),
        "conf_low": float(lead["conf_low"]),
        "conf_high": float(lead["conf_high"]),
    }


def _ranked(event: np.ndarray, risk: np.ndarray, landmark: np.ndarray) -> float:
    return float(auc(event, risk, group=landmark)[0])


def _ranked_by_truth(scored: pd.DataFrame, truth: pd.DataFrame | None) -> float:
    """Return the AUC of the true probabilities, on the scored rows that have one; NaN where none has."""
    if truth is None:
        return float("nan")
    dated = truth.assign(landmark=pd.to_datetime(truth["landmark"]).astype(scored["landmark"].dtype))
    known = scored.merge(dated, on=["account_id", "landmark"])
    columns = (known["event"].to_numpy(bool), known["probability"].to_numpy(np.float64), known["landmark"].to_numpy())
    return _ranked(*columns) if len(known) else float("nan")


def summarise_forecasts(lines: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Sum up worlds by scenario.

    Returns
    -------
    DataFrame
        scenario, worlds, events (mean), means of auc, auc_contract, auc_truth, slope and observed_over_expected with
        the standard deviation over worlds of the last two, leads (share of worlds in which the quoted forecasts are
        shown to be better than the contract alone), trails (shown to be worse), and blend, contract_only and the other
        models that were quoted, as text.
    """
    found = pd.DataFrame(list(lines))
    tables = []
    for scenario, worlds in found.groupby("scenario", sort=False):
        counts = worlds["quoted"].value_counts()
        quoted = ", ".join(
            f"{name} {counts[name]}" for name in sorted(counts.index, key=lambda one: (-counts[one], one))
        )
        means = {
            name: float(worlds[name].mean())
            for name in ("events", "auc", "auc_contract", "auc_truth", "slope", "observed_over_expected")
        }
        tables.append(
            {
                "scenario": scenario,
                "worlds": len(worlds),
                **means,
                "slope_spread": float(worlds["slope"].std()),
                "observed_over_expected_spread": float(worlds["observed_over_expected"].std()),
                "leads": float((worlds["conf_low"] > 0).mean()),
                "trails": float((worlds["conf_high"] < 0).mean()),
                "quoted": quoted,
            }
        )
    return pd.DataFrame(tables)
