"""Schemas: what a frame that leaves its room holds, column by column, checked once where it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd

from analysis.errors import FrameError


class Kind(StrEnum):
    """What the cells of a column are; text and days stand as pandas has them."""

    KEY = "keys"
    """Text or whole numbers that name a row."""
    TEXT = "text"
    NUMBER = "numbers"
    WHOLE = "whole numbers"
    FLAG = "true or false"
    DAY = "days"
    SEVERAL = "several things each"
    """Tuples."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a frame.

    Attributes
    ----------
    name
        Of the column.
    kind
        Of its cells.
    says
        What it means, with its unit.
    may_lack
        Whether a cell may be missing.
    may_be_absent
        Whether the frame may do without the column: only some data can measure it.
    """

    name: str
    kind: Kind
    says: str
    may_lack: bool = False
    may_be_absent: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """What a frame is.

    Attributes
    ----------
    name
        What errors call the frame.
    grain
        What one row of it is.
    fields
        Its columns, in order; others may stand beside them only where `others` says which.
    others
        What further columns are; empty where there are none.
    """

    name: str
    grain: str
    fields: tuple[Field, ...]
    others: str = ""

    @property
    def columns(self) -> list[str]:
        """The names of the declared columns, in order."""
        return [field.name for field in self.fields]

    def with_each(self, names: Sequence[str], kind: Kind, says: str, may_lack: bool = False) -> "Schema":
        """Return the schema with a column more for each name: one for each model, say."""
        more = tuple(Field(name, kind, says, may_lack) for name in names)
        return replace(self, fields=self.fields + more)

    def empty(self) -> pd.DataFrame:
        """Return a frame without rows, with every column that may not be absent."""
        return pd.DataFrame(columns=[field.name for field in self.fields if not field.may_be_absent])

    def checked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame as it came, once it was found to be what is declared.

        Raises
        ------
        FrameError
            If a column is missing, holds something else, lacks cells that it may not lack, or is not declared; the
            message says which.
        """
        faults = [fault for field in self.fields if (fault := _fault(frame, field))]
        if not self.others:
            declared = set(self.columns)
            faults += [f"'{name}' is not declared" for name in frame.columns if name not in declared]
        if faults:
            raise FrameError(f"The frame {self.name} ({len(frame):,} rows: {self.grain}): {'; '.join(faults)}.")
        return frame


def _fault(frame: pd.DataFrame, field: Field) -> str:
    """Say what is wrong with a column; '' where nothing is."""
    if field.name not in frame:
        return "" if field.may_be_absent else f"'{field.name}' is missing"
    column = frame[field.name]
    lacking = int(column.isna().sum())
    if lacking and not field.may_lack:
        return f"'{field.name}' lacks {lacking:,} of {len(column):,} cells"
    if lacking == len(column):  # no cell that could be of a wrong kind, whatever its type
        return ""
    if not _is_kind(column, field.kind):
        first = column.dropna().iloc[0]
        shown = repr(first) if isinstance(first, str) else first
        return f"'{field.name}' must hold {field.kind}; it holds {column.dtype} ({shown}, ...)"
    return ""


def _is_kind(column: pd.Series, kind: Kind) -> bool:
    held = pd.api.types.infer_dtype(column, skipna=True)
    match kind:
        case Kind.KEY:
            return held in ("string", "integer")
        case Kind.TEXT:
            return held == "string"
        case Kind.NUMBER:
            return held in ("floating", "integer", "mixed-integer-float", "decimal")
        case Kind.WHOLE:
            return held == "integer" or (held == "floating" and bool((column.dropna() % 1 == 0).all()))
        case Kind.FLAG:
            return held == "boolean"
        case Kind.DAY:
            return held in ("datetime64", "datetime", "date")
        case Kind.SEVERAL:
            return bool(column.dropna().map(lambda cell: isinstance(cell, tuple)).all())
