"""Forecast: a fitted forecaster and its design, saved in a folder and read from it; what is read forecasts the same."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.fingerprint import digest, module_texts
from analysis.design.matrix import ROW_COLUMNS, Design
from analysis.errors import SavedForecastError
from analysis.models.base import Forecaster, horizon_risk
from analysis.models.saved.arrays import array_bytes, array_of
from analysis.models.saved.designs import design_of, design_state
from analysis.models.saved.files import CONTENT, MANIFEST, array_names, read_bundle, write_bundle
from analysis.models.saved.kinds import forecaster_of, state_of
from analysis.models.saved.plain import date_of
from analysis.models.saved.state import State, flattened, unflattened
from analysis.wording.remarks import Remark, remark

ANY: Literal["any"] = "any"
"""Says that a forecast learned from any cohort will do."""
_PACKAGES = ("tenure-workbench", "numpy", "scipy", "pandas", "numba")
_ROOMS = ("design", "models", "cox")
"""Whatever lives in these rooms of ``analysis`` makes a number of a row."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a saved forecast.

    Attributes
    ----------
    model
        The name under which it competed.
    landmark
        From which it forecast: nothing that was settled later was used. Rows of earlier landmarks it may have seen.
    elapsed_days
        So many days of the horizon had passed: it is conditional on an account's still being there after as many.
    n_training_rows, n_training_events
        What it learned from; events are distinct lifetimes.
    row_columns
        Columns that rows need beside their covariates.
    """

    model: str
    landmark: dt.date
    elapsed_days: int
    n_training_rows: int
    n_training_events: int
    row_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SavedForecast:
    """A forecaster with its design, as it was read.

    Attributes
    ----------
    facts
        What it is.
    design, model
        What makes numbers of rows, and probabilities of numbers.
    learned_from
        Hashes of the cohort, and of what that was built from.
    made_with
        Versions of what it was fitted with.
    digest
        SHA-256 of all its files.
    notes
        What a reader must know: whether it is read with other versions than it was made with.
    """

    facts: Facts
    design: Design
    model: Forecaster
    learned_from: Mapping[str, str]
    made_with: Mapping[str, str]
    digest: str
    notes: tuple[Remark, ...]

    def forecast(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """Return each row's probability of churn by the end of its horizon, shape (n,).

        Parameters
        ----------
        rows
            Landmark rows of a cohort, those still at risk and under no notice.

        Raises
        ------
        DesignError, SavedForecastError
            If a column is missing, or holds what is no number where one is needed.
        """
        if absent := [name for name in self.facts.row_columns if name not in rows]:
            raise SavedForecastError(remark("models.saved_rows", columns=tuple(absent)))
        return horizon_risk(self.model, self.design.apply(rows))


def save_forecast(
    folder: str | Path, model: Forecaster, design: Design, facts: Facts, learned_from: Mapping[str, str]
) -> str:
    """Save a fitted forecaster with its design; return the SHA-256 of all of it.

    Parameters
    ----------
    folder
        Made if needed; a forecast that was saved in it before is replaced, whole. Nothing else is.
    model, design
        Fitted to the matrix that the design made of its training rows.
    facts
        What is told of it.
    learned_from
        Hashes of the cohort (`analysis.cohort.fingerprint`).

    Raises
    ------
    ModelError
        If the model is of a class that cannot be saved.
    SavedForecastError
        If there is something else in the folder, or the model holds what could not be read (NaN).
    StoreError
        If it cannot be written.
    """
    arrays: list[NDArray[Any]] = []
    content = {"design": flattened(design_state(design), arrays), "model": flattened(state_of(model), arrays)}
    told = asdict(facts) | {"landmark": facts.landmark.isoformat(), "row_columns": list(facts.row_columns)}
    _parts(content, arrays, str(folder))  # what could not be read is not written
    about = {"facts": told, "learned_from": dict(learned_from), "made_with": _versions()}
    return write_bundle(Path(folder), about, content, [array_bytes(array) for array in arrays])


def read_saved_forecast(
    folder: str | Path, *, expects: Mapping[str, str] | Literal["any"], sha256: str | None = None
) -> SavedForecast:
    """Read a saved forecast; nothing in its files is run, and none of them is believed before all are compared.

    The digests in the files show that they are as they were written, not by whom: whoever can write the folder can
    write others. For that keep what `save_forecast` returned elsewhere, and give it here.

    Parameters
    ----------
    folder
        Where it was saved.
    expects
        Hashes of what it must have been learned from, by name: all those of a cohort (``tenure.hashes``), or some of
        them, such as its queries and modules for the cohort of a later quarter. `ANY` takes whatever it was.
    sha256
        What `save_forecast` returned.

    Raises
    ------
    SavedForecastError
        If there is none, or of a later format; if a file was changed, cut short, lost or added; if it holds what no
        forecast of Tenure does; or if it was learned from something else.
    """
    place = Path(folder)
    bundle = read_bundle(place)
    if sha256 is not None and sha256 != bundle.digest:
        raise SavedForecastError(remark("models.saved_digest", folder=str(place), found=bundle.digest, known=sha256))
    learned_from, made_with = (_texts(place, bundle.about, name) for name in ("learned_from", "made_with"))
    if expects != ANY:
        differs = tuple(name for name, known in expects.items() if learned_from.get(name) != known)
        if differs:
            raise SavedForecastError(remark("models.saved_elsewhere", folder=str(place), parts=differs))
    names = array_names(len(bundle.arrays))
    arrays = [_array(place / name, held) for name, held in zip(names, bundle.arrays, strict=True)]
    design, model = _parts(bundle.content, arrays, str(place / CONTENT))
    return SavedForecast(
        _facts(State("facts", _dict(place, bundle.about, "facts"), where=str(place / MANIFEST))),
        design,
        model,
        learned_from,
        made_with,
        bundle.digest,
        _notes(made_with),
    )


def row_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns beside covariates that a model may have read of a frame."""
    return tuple(name for name in ROW_COLUMNS if name in frame)


def _parts(content: Mapping[str, Any], arrays: Sequence[NDArray[Any]], where: str) -> tuple[Design, Forecaster]:
    design, model = (unflattened(content.get(name), arrays, f"{where} > {name}") for name in ("design", "model"))
    return design_of(design), forecaster_of(model)


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in _PACKAGES}
    return {"python": python_version(), **found, "modules": digest(*module_texts(_ROOMS))[:16]}


def _notes(made_with: Mapping[str, str]) -> tuple[Remark, ...]:
    now = _versions()
    other = tuple(name for name in now if made_with.get(name) != now[name])
    return (remark("models.saved_versions", parts=other),) if other else ()


def _facts(state: State) -> Facts:
    return Facts(
        model=state.text("model"),
        landmark=date_of(state, "landmark"),
        elapsed_days=state.whole("elapsed_days", 0, 366),
        n_training_rows=state.whole("n_training_rows"),
        n_training_events=state.whole("n_training_events"),
        row_columns=state.texts("row_columns"),
    )


def _array(file: Path, held: bytes) -> NDArray[Any]:
    array = array_of(held)
    if array is None:
        raise SavedForecastError(remark("models.saved_changed", file=str(file)))
    return array


def _dict(folder: Path, about: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = about.get(name)
    if type(found) is not dict:
        raise SavedForecastError(remark("models.saved_changed", file=str(folder / MANIFEST)))
    return found


def _texts(folder: Path, about: Mapping[str, Any], name: str) -> dict[str, str]:
    found = _dict(folder, about, name)
    if not all(type(text) is str for text in found.values()):
        raise SavedForecastError(remark("models.saved_changed", file=str(folder / MANIFEST)))
    return found
