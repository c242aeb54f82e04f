"""One engine fits one panel, timed in a process of its own: ``python cox_engines.py ENGINE FOLDER`` prints JSON."""

import json
import re
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cox_panel import CoxPanel, cox_panel
from numpy.typing import ArrayLike

MOST_FITS, ENOUGH_SECONDS = 4, 6

Fit = Callable[[], ArrayLike]
"""What is timed: data are in the form that the engine takes. Returns the coefficients."""


def tenure_inner(panel: CoxPanel) -> Fit:
    """What ``agreg.fit`` does: centre and scale the columns, find the risk sets, maximise, invert the information."""
    from analysis.cox.maximise import maximise
    from analysis.cox.partial_likelihood import PartialLikelihood
    from analysis.cox.risk_sets import risk_sets
    from analysis.cox.rows import counting_rows

    rows = counting_rows(panel.start, panel.stop, panel.event)

    def fit() -> ArrayLike:
        standardised = panel.x - panel.x.mean(axis=0)
        scale = np.sqrt(np.einsum("ij,ij->j", standardised, standardised) / len(rows))
        standardised /= scale
        likelihood = PartialLikelihood(standardised, rows, risk_sets(rows), "efron")
        maximum = maximise(likelihood, np.zeros(len(scale)), panel.names)
        np.linalg.inv(maximum.information)
        return maximum.end.coefficients / scale

    return fit


def tenure_robust(panel: CoxPanel) -> Fit:
    """All of ``fit_cox``: checks, fit, cluster-robust errors and notes."""
    from analysis.cox.fit import fit_cox
    from analysis.cox.rows import counting_rows

    def fit() -> ArrayLike:
        rows = counting_rows(panel.start, panel.stop, panel.event, cluster=panel.account)
        return fit_cox(panel.x, rows).coefficients

    return fit


def survival_inner(panel: CoxPanel) -> Fit:
    """Only the Newton steps of the package on PyPI: no residuals, no concordance."""
    from survival.regression import coxph_fit_raw

    def fit() -> ArrayLike:
        return coxph_fit_raw(panel.stop, panel.event, panel.x, entry=panel.start, resid=False).coefficients

    return fit


def survival_fit(panel: CoxPanel) -> Fit:
    """What the package's ``coxph`` calls, with residuals and concordance."""
    from survival.regression import coxph_fit

    def fit() -> ArrayLike:
        return coxph_fit(panel.stop, panel.event, panel.x, entry=panel.start).coefficients

    return fit


def survival_robust(panel: CoxPanel) -> Fit:
    from survival.regression import coxph_fit

    cluster = panel.account.tolist()

    def fit() -> ArrayLike:
        return coxph_fit(panel.stop, panel.event, panel.x, entry=panel.start, cluster=cluster, robust=True).coefficients

    return fit


def lifelines_fit(panel: CoxPanel) -> Fit:
    import pandas as pd
    from lifelines import CoxTimeVaryingFitter

    frame = pd.DataFrame(panel.x, columns=panel.names).assign(
        account=panel.account, start=panel.start, stop=panel.stop, event=panel.event
    )

    def fit() -> ArrayLike:
        fitter = CoxTimeVaryingFitter()
        fitter.fit(frame, id_col="account", event_col="event", start_col="start", stop_col="stop")
        return fitter.params_.to_numpy()

    return fit


def greenwood_fit(panel: CoxPanel) -> Fit:
    import greenwood

    response = greenwood.Surv(panel.start, panel.stop, panel.event)

    def fit() -> ArrayLike:
        return greenwood.CoxPH(ties="efron").fit(response, panel.x).coef_

    return fit


OURS = ("tenure-workbench", "numba", "numpy")
ENGINES: dict[str, tuple[tuple[str, ...], Callable[[CoxPanel], Fit]]] = {
    "tenure: inner fit": (OURS, tenure_inner),
    "tenure: fit_cox": (OURS, tenure_robust),
    "survival (PyPI): coxph_fit_raw": (("survival",), survival_inner),
    "survival (PyPI): coxph_fit": (("survival",), survival_fit),
    "survival (PyPI): coxph_fit, cluster": (("survival",), survival_robust),
    "lifelines: CoxTimeVaryingFitter": (("lifelines",), lifelines_fit),
    "greenwood: CoxPH": (("greenwood",), greenwood_fit),
}


def resident_bytes(what: str) -> float:
    """Read VmRSS (now) or VmHWM (the most so far) of this process; NaN where there is no /proc."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return 1024 * int(re.search(rf"{what}:\s+(\d+) kB", status)[1])


def forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def measure(engine: str, folder: Path) -> dict:
    """Fit two to four times: memory is the first fit's; times are the others', which need not wait for new memory."""
    distributions, prepare = ENGINES[engine]
    prepare(cox_panel(2_000, 4, instants_a_month=30, monthly_hazard=0.1))()
    panel = CoxPanel.read(folder)
    fit = prepare(panel)
    forget_peak()
    before, peak = resident_bytes("VmRSS"), None
    walls, cpus = [], []
    while len(walls) < 2 or (len(walls) < MOST_FITS and sum(walls) < ENOUGH_SECONDS):
        wall, cpu = time.perf_counter(), time.process_time()
        coefficients = fit()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        peak = peak or resident_bytes("VmHWM")
    return {
        "version": ", ".join(f"{name} {version(name)}" for name in distributions),
        "cpu_s": cpus[1:],
        "wall_s": walls[1:],
        "extra_memory_of_matrix": (peak - before) / panel.x.nbytes,
        "coefficients": np.asarray(coefficients, dtype=float).ravel().tolist(),
    }


if __name__ == "__main__":
    if "--once" in sys.argv:
        ENGINES[sys.argv[1]][1](CoxPanel.read(Path(sys.argv[2])))()
    else:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
