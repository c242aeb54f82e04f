"""The manifest of a quarterly report: its files, what it was made from, and the numbers that the next one looks up."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pandas as pd

from analysis.errors import ReportError
from analysis.forecast.intervals import Interval

MANIFEST = "manifest.json"
FORMAT = 1
"""Of the file; a report of another one is no report to compare with."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a report says first.

    Attributes
    ----------
    at_risk, known_leavers
        Accounts at risk, and accounts under notice, which are in no forecast.
    model
        Whose forecast is quoted; None, like all that it says, where there is no forecast.
    expected, intervals
        Accounts expected to leave by the end of the horizon, and the intervals around them.
    expected_loss, loss_intervals
        What those pay in a year; None and none where no price is known.
    quarter_left_from, at_start, left, rate
        The last settled quarter: its first day, accounts at its start, how many of them left, and as a share; None
        where there is none, or it is hidden.
    """

    at_risk: int
    known_leavers: int
    model: str | None
    expected: float | None
    intervals: tuple[Interval, ...]
    expected_loss: float | None
    loss_intervals: tuple[Interval, ...]
    quarter_left_from: str | None
    at_start: int | None
    left: int | None
    rate: float | None


@dataclass(frozen=True, slots=True)
class File:
    """A file of the report: where it is in its folder, how long, and its hash."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of a report holds, and what it was made from.

    Attributes
    ----------
    study, title, language, quarter
        As on the page.
    landmark, stands_on, horizon_ends_on, snapshot
        Days, as 2024-01-31.
    is_preliminary
        Whether the data end before the quarter does.
    command, hashes, versions
        What makes the same files again.
    headline
        The first numbers.
    files
        All but the manifest itself, in the order of their paths.
    """

    study: str
    title: str
    language: str
    quarter: str
    landmark: str
    stands_on: str
    horizon_ends_on: str
    snapshot: str
    is_preliminary: bool
    command: str
    hashes: Mapping[str, str]
    versions: Mapping[str, str]
    headline: Headline
    files: tuple[File, ...]


def files_in(folder: Path) -> tuple[File, ...]:
    """Return what a folder holds, however deep, in the order of the paths."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    contents = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in found]
    return tuple(File(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in contents)


def manifest_text(manifest: Manifest) -> str:
    """Return a manifest as JSON."""
    told = {"format": FORMAT, **dataclasses.asdict(manifest)}
    return json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a report's folder.

    Raises
    ------
    ReportError
        If there is none, or it is not one that this version writes.
    """
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise ValueError(f"its format is {told['format']!r}, not {FORMAT}")
        return _read(Manifest, {key: value for key, value in told.items() if key != "format"})
    except OSError as error:
        raise ReportError(f"The manifest {path} cannot be read ({error.strerror}). Make that report again.") from None
    except (ValueError, KeyError, TypeError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ReportError(
            f"The manifest {path} is broken: {why}. Make that report again, or remove its folder."
        ) from None


def earlier_manifest(out: Path, landmark: pd.Timestamp, months: int = 3) -> Manifest | None:
    """Return the manifest of the report a quarter earlier, in whatever language it was written; None without one.

    Parameters
    ----------
    out
        The study's output folder.
    landmark
        Of the report that looks back.
    months
        How much earlier the other one's landmark is.

    Raises
    ------
    ReportError
        If the earlier report's manifest cannot be read.
    """
    earlier = landmark - pd.DateOffset(months=months)
    found = sorted(out.glob(f"quarterly-{earlier:%Y-%m-%d}.*/{MANIFEST}"))
    return read_manifest(found[0].parent) if found else None


def _read(kind: Any, told: Any) -> Any:
    """Return what JSON holds as what its type says, or say what is missing, odd or of another type."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        if not isinstance(told, dict):
            raise ValueError(f"{told!r} stands where a {kind.__name__.lower()} should")
        if odd := sorted(set(hints) ^ set(told)):
            raise ValueError(f"a {kind.__name__.lower()} {'lacks' if odd[0] in hints else 'has an unknown'} '{odd[0]}'")
        return kind(**{name: _read(hints[name], value) for name, value in told.items()})
    inner = get_args(kind)
    if get_origin(kind) is tuple and isinstance(told, list):
        return tuple(_read(inner[0], value) for value in told)
    if get_origin(kind) is Mapping and isinstance(told, dict):
        return {name: _read(inner[1], value) for name, value in told.items()}
    allowed = tuple(one for one in (inner or (kind,)) if isinstance(one, type))
    if type(told) in allowed or (float in allowed and type(told) is int):
        return told
    raise ValueError(f"{told!r} stands where {' or '.join(one.__name__ for one in allowed)} should")
