"""A forecaster of every kind that can be saved, fitted to a small made-up book, and files made wrong on purpose."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from simulated_landmarks import COVARIATES, Declared, landmark_rows

from analysis.design.matrix import Design, DesignMatrix, learn_matrix
from analysis.design.outcome import Outcome
from analysis.errors import SavedForecastError
from analysis.models.base import Forecaster
from analysis.models.blend import Blend
from analysis.models.boosting import Boosting
from analysis.models.forest import Forest
from analysis.models.forest_choice import TunedForest
from analysis.models.kaplan_meier_cells import KaplanMeierCells
from analysis.models.landmark_cox import LandmarkCox
from analysis.models.logistic import Logistic
from analysis.models.published_score import PublishedScoreOnly
from analysis.models.recalibration import Recalibrated, Recalibration
from analysis.models.rivals import FamiliesOnly, LastSettledQuarterRate
from analysis.models.saved.files import CONTENT, MANIFEST, array_names, read_bundle, write_bundle
from analysis.models.saved.forecast import (
    ANY,
    Facts,
    SavedForecast,
    read_saved_forecast,
    row_columns,
    save_forecast,
)
from analysis.models.stack import Stack
from analysis.models.tuning import ShrinkageChoice

LEARNED_FROM = {"cohort": "c0", "data": "d0", "settings": "s0", "queries": "q0", "modules": "m0"}
TIMES = (0.0, 3.5, 13.0)


@dataclass(frozen=True)
class Fitted:
    """Models by name, the design that they were fitted to, and rows: theirs, and others with labels never seen."""

    models: Mapping[str, Forecaster]
    design: Design
    rows: pd.DataFrame
    others: pd.DataFrame

    @cached_property
    def matrix_of_others(self) -> DesignMatrix:
        """The matrix of the other rows."""
        return self.design.apply(self.others)

    def save(self, name: str, folder: Path) -> str:
        """Save one of the models."""
        facts = Facts(name, dt.date(2024, 1, 1), 0, len(self.rows), 50, row_columns(self.rows))
        return save_forecast(folder, self.models[name], self.design, facts, LEARNED_FROM)


def book(n_accounts: int, n_quarters: int, seed: int, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return landmark rows with a clock, a published score, a segment, and a label that looks like a formula."""
    rng = np.random.default_rng(seed)
    rows = landmark_rows(n_accounts, n_quarters, seed=seed)
    n = len(rows)
    return rows.assign(
        term_kind=rng.choice(kinds, n),
        days=np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 400, n).astype(float)),
        seats=rng.integers(0, 40, n).astype(float),
        regions=4.0,
        usage_again=rows["usage_trend"],
        published_score=np.where(rng.random(n) < 0.2, np.nan, rng.random(n)),
        segment_in_force=rows["segment"],
        plan=rng.choice(["株式会社", "a]b[", "x_0 + 1", "\ud800", ""], n),
    )


@cache
def fitted() -> Fitted:
    """Fit all of them, once in a run of the tests."""
    rows = book(260, 5, 11, ("yearly", "monthly"))
    covariates = (
        *COVARIATES,
        Declared("days", "contract", "clock"),
        Declared("seats", "usage", "log_from_one"),
        Declared("regions", "usage"),
        Declared("usage_again", "usage"),
        Declared("plan", "contract", "category"),
        Declared("segment_in_force", "contract", "category"),
    )
    design, matrix = learn_matrix(rows, covariates)
    unfitted = {
        "cox": LandmarkCox(ridge=3.0),
        "shrunk cox": LandmarkCox(ridge=ShrinkageChoice((1.0, 10.0))),
        "logistic": Logistic(ridge=2.0),
        "forest": Forest(n_trees=6, min_rows_per_leaf=30),
        "tuned forest": TunedForest(leaves=(60, 30), columns=(0.2,), bins=(32,), n_trees=4),
        "boosting": Boosting(max_trees=20, signs={"champions": -1}),
        "kaplan-meier": KaplanMeierCells(),
        "score": PublishedScoreOnly(),
        "last quarter": LastSettledQuarterRate(),
        "contract": FamiliesOnly(LandmarkCox(ridge=1.0), ("contract",)),
        "stack": Stack({"cox": lambda: LandmarkCox(ridge=1.0), "score": PublishedScoreOnly}),
    }
    models: dict[str, Any] = {name: model.fit(matrix, Outcome.from_landmarks(rows)) for name, model in unfitted.items()}
    models["recalibrated"] = Recalibrated(models["boosting"], Recalibration(0.1, 0.9, 50))
    models["blend"] = Blend(
        {name: models[name] for name in ("recalibrated", "contract")}, {"recalibrated": 0.3, "contract": 0.7}
    )
    models["all"] = Blend(models, dict.fromkeys(models, 1.0 / len(models)))
    return Fitted(models, design, rows, book(120, 3, 5, ("yearly", "monthly", "never seen")))


def rewritten(folder: Path, change: Callable[[dict[str, Any], list[bytes]], None]) -> None:
    """Change what a folder holds, and let all its digests tell of the change."""
    bundle = read_bundle(folder)
    arrays = list(bundle.arrays)
    change(bundle.content, arrays)
    write_bundle(folder, bundle.about, bundle.content, arrays)


def with_file(folder: Path, name: str, held: bytes) -> None:
    """Put a file in place of another, and let the manifest tell of it."""
    (folder / name).write_bytes(held)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"][name] = {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest()}
    with_manifest(folder, manifest)


def with_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest with its own digest put right."""
    body = {name: held for name, held in manifest.items() if name != "sha256"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    (folder / MANIFEST).write_text(json.dumps({"sha256": hashlib.sha256(text.encode()).hexdigest()} | body))


def files_of(folder: Path) -> list[str]:
    """Return the names of its files."""
    n_arrays = sum(path.suffix == ".npy" for path in folder.iterdir())
    return [MANIFEST, CONTENT, *array_names(n_arrays)]


def read(folder: Path) -> SavedForecast:
    """Read a folder, whatever it was learned from."""
    return read_saved_forecast(folder, expects=ANY)


def refused(folder: Path, code: str, match: str | None = None) -> None:
    """Assert that a folder is refused, with a message of this code."""
    with pytest.raises(SavedForecastError, match=match) as caught:
        read(folder)
    assert caught.value.remark.code == f"models.{code}"
