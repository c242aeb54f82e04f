"""Content: what rows say, whatever the ids in them are called, as numbers to put rows, accounts and clusters in order.

An order of ids would make another order, and so other random draws, of the same facts under other names.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cohort.frames import COUNTING_PROCESS, LANDMARKS

IDS = ("lifetime_id", "account_id", "cluster_id")
"""Columns that name, and say nothing else."""
_KNOWN = ("risk_date", "start", "horizon_days", "days_before", "term_months", "term_kind")
"""Of the columns that every row for a model has, beside its covariates, those that are known on its day."""

_SPREAD = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def known_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns of rows for a model that say what was known on the row's day: no id, and no outcome.

    What becomes known later then changes neither the order of earlier rows nor draws that are made from them.
    """
    others = {field.name for schema in (COUNTING_PROCESS, LANDMARKS) for field in schema.fields} - set(_KNOWN)
    return [name for name in frame if name not in others]


def row_digests(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> NDArray[np.uint64]:
    """Return a number for each row that depends on what its columns say, shape (n,).

    Rows that say the same have the same number, in any order of rows or columns. Numbers count to seven digits, so that
    the last bit of a logarithm, which another machine may round otherwise, changes nothing; -0 is 0. A missing value
    adds nothing, and a column without any value is as good as absent.

    Parameters
    ----------
    frame : DataFrame
    columns : sequence of str, optional
        By default all but `IDS`.

    Notes
    -----
    Each value is spread over 64 bits by the finaliser of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, 453), with a
    salt of its column's name; texts by BLAKE2.
    """
    names = [name for name in frame if name not in IDS] if columns is None else columns
    total = np.zeros(len(frame), dtype=np.uint64)
    for name in names:
        numbers, is_missing = _as_numbers(frame[name])
        numbers = _spread(numbers + _of_text(name))
        numbers[is_missing] = 0
        total += numbers
    return _spread(total)


def joined_digests(*digests: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return one number for several of each row, shape (n,); their order matters."""
    joined = np.zeros_like(digests[0])
    for own in digests:
        joined = _spread(joined + own)
    return joined


def places(names: NDArray, digests: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Number the groups of rows from 0 in an order that depends on what all rows of a group say, shape (n,).

    The order is none that means anything, and does not depend on the order of the rows. Only of groups that say exactly
    the same does the one whose name sorts first come first: they are interchangeable.

    Parameters
    ----------
    names : ndarray, shape (n,)
        The group of each row: an account, or a parent account.
    digests : ndarray of uint64, shape (n,)
        As `row_digests`.

    Examples
    --------
    Two rows of one account and one of another, under two sets of names:

    >>> said = np.array([11, 12, 13], dtype=np.uint64)
    >>> places(np.array(["a", "a", "b"]), said).tolist(), places(np.array(["z", "z", "y"]), said).tolist()
    ([1, 1, 0], [1, 1, 0])
    """
    code, labels = pd.factorize(names)
    said = np.zeros(len(labels), dtype=np.uint64)
    np.add.at(said, code, _spread(digests.copy()))
    order = np.lexsort((np.asarray(labels).astype(str), _spread(said)))
    place = np.empty(len(labels), dtype=np.intp)
    place[order] = np.arange(len(labels))
    return place[code]


def by_account(frame: pd.DataFrame, day: str, *within: str) -> pd.DataFrame:
    """Put the rows of each account together, the account with the earliest day first; of equals by what they say.

    Parameters
    ----------
    frame : DataFrame
        With account_id.
    day : str
        Column of the days by which accounts are told apart first.
    within : str
        Columns by which the rows of an account follow each other.
    """
    digests = row_digests(frame)
    since = frame[day].groupby(frame["account_id"]).transform("min")
    place = places(frame["account_id"].to_numpy(object), digests)
    keys = pd.DataFrame({"since": since, "place": place} | {name: frame[name] for name in within})
    return _sorted(frame, keys.assign(said=digests))


def by_row(frame: pd.DataFrame, *first: str) -> pd.DataFrame:
    """Sort rows by some columns; of equals by what was known of them on their day, then by all that they say."""
    keys = frame[list(first)].assign(known=row_digests(frame, known_columns(frame)), said=row_digests(frame))
    return _sorted(frame, keys)


def _sorted(frame: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Sort rows by the columns of `keys`; rows that say the same, by their ids."""
    ids = {name: frame[name] for name in IDS if name in frame}
    order = keys.assign(**ids).reset_index(drop=True).sort_values([*keys.columns, *ids], kind="stable").index
    return frame.iloc[order].reset_index(drop=True)


def _as_numbers(values: pd.Series) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return whole numbers that stand for values, and which are missing; both of shape (n,)."""
    is_missing = values.isna().to_numpy(bool)
    if pd.api.types.is_datetime64_any_dtype(values):
        days = values.to_numpy("datetime64[us]").astype(np.int64)
        return days.view(np.uint64), is_missing
    if pd.api.types.is_numeric_dtype(values):
        with np.errstate(over="ignore"):
            short = values.to_numpy(np.float64, na_value=np.nan).astype(np.float32) + np.float32(0)
        return short.view(np.uint32).astype(np.uint64), is_missing
    code, labels = pd.factorize(values)
    known = np.array([_of_text(str(label)) for label in labels] + [np.uint64(0)], dtype=np.uint64)
    return known[code], is_missing


def _of_text(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()))


def _spread(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, factor in zip((np.uint64(30), np.uint64(27)), _SPREAD, strict=True):
        numbers = (numbers ^ (numbers >> shift)) * factor
    return numbers ^ (numbers >> np.uint64(31))
