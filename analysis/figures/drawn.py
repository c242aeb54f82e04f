"""Drawn pictures: what was drawn, and the tables it was drawn from, for whoever wants to keep both."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pandas as pd

NOT_TOLD = ("n_risk", "n_event", "std_error")
"""Columns of a curve that its picture does not show: how many there were at a single age could point at somebody."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and the numbers in it.

    Attributes
    ----------
    svg
        The picture.
    tables
        By the name of its file: the picture's own, with what tells several tables of one picture apart.
    """

    svg: str
    tables: Mapping[str, pd.DataFrame]


_KEPT: ContextVar[dict[str, Drawn] | None] = ContextVar("kept pictures", default=None)


@contextmanager
def kept_pictures() -> Iterator[dict[str, Drawn]]:
    """Give a place that fills with every picture drawn inside the block, by name."""
    kept: dict[str, Drawn] = {}
    token = _KEPT.set(kept)
    try:
        yield kept
    finally:
        _KEPT.reset(token)


def keep_picture(name: str, svg: str, arguments: Mapping[str, Any]) -> None:
    """Keep a picture where somebody asked for it.

    Parameters
    ----------
    name
        Of no other picture.
    svg
        The picture.
    arguments
        What it was drawn from: tables, and rows of numbers.

    Raises
    ------
    ValueError
        If another picture has that name.
    """
    kept = _KEPT.get()
    if kept is None:
        return
    if name in kept and kept[name].svg != svg:
        raise ValueError(f"Two pictures are called '{name}'.")
    kept[name] = Drawn(svg, _tables(name, arguments))


def _tables(name: str, arguments: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    found = {key: table for key, value in arguments.items() if (table := _table(key, value)) is not None}
    return {name if len(found) == 1 else f"{name}-{key}": table for key, table in found.items()}


def _table(key: str, value: object) -> pd.DataFrame | None:
    if isinstance(value, pd.DataFrame):
        is_curve = {"time", "estimate"} <= set(value.columns)
        return value.drop(columns=[column for column in NOT_TOLD if is_curve and column in value]).reset_index(
            drop=True
        )
    if isinstance(value, Sequence) and value and all(isinstance(number, float) for number in value):
        return pd.DataFrame({key: list(value)})
    return None
