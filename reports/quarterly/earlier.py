"""The report of a quarter ago: what it said, what has come since, and which of its numbers are others by now."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.wording.catalogue import Catalogue
from reports.quarterly.manifest import Headline, earlier_manifest

Text = Catalogue
DATA, PROGRAM = "data", "program"
_PROGRAM = ("queries", "modules", "versions")
"""Hashes of what counts, whatever the data; those of the settings hold the snapshot, which is always another."""


@dataclass(frozen=True, slots=True)
class Since:
    """What the report of a quarter ago said, beside what is known now.

    Attributes
    ----------
    landmark
        Its own.
    said
        Its first numbers.
    left, open
        Of those at risk then, how many have left by now, and how many seem to have but may yet return; None where the
        book hides them.
    left_then_now
        Of the last settled quarter that it quoted, how many left by what is known now; None where it quoted none.
    changed
        What is another than then: `DATA`, `PROGRAM`.
    """

    landmark: pd.Timestamp
    said: Headline
    left: int | None
    open: int | None
    left_then_now: int | None
    changed: tuple[str, ...]


def since_earlier(out: Path, landmark: pd.Timestamp, book: pd.DataFrame, hashes: dict[str, str]) -> Since | None:
    """Return what the report of a quarter ago said, if it lies in the study's output; None where there is none.

    Parameters
    ----------
    out
        The study's output folder.
    landmark
        Of the report that looks back.
    book
        As `analysis.lifetimes.frames.BOOK`.
    hashes
        What the cohort was built from.

    Raises
    ------
    ReportError
        If the earlier report's manifest cannot be read.
    """
    manifest = earlier_manifest(out, landmark)
    if manifest is None:
        return None
    quarters, earlier = book.set_index("quarter_from"), pd.Timestamp(manifest.landmark)
    quoted = manifest.headline.quarter_left_from
    return Since(
        landmark=earlier,
        said=manifest.headline,
        left=_count(quarters, earlier, "churned_of_start"),
        open=_count(quarters, earlier, "provisional"),
        left_then_now=_count(quarters, pd.Timestamp(quoted), "churned_of_start") if quoted else None,
        changed=tuple(
            what
            for what, parts in ((DATA, (DATA,)), (PROGRAM, _PROGRAM))
            if any(manifest.hashes.get(part) != hashes[part] for part in parts)
        ),
    )


def _count(quarters: pd.DataFrame, day: pd.Timestamp, column: str) -> int | None:
    if day not in quarters.index or pd.isna(quarters.loc[day, column]):
        return None
    return int(quarters.loc[day, column])


def since_sentences(text: Text, since: Since | None, landmark: pd.Timestamp) -> list[str]:
    """Say what the earlier report said and what came, and which number of it was restated."""
    if since is None:
        return []
    said = []
    if since.said.expected is not None:
        wide = since.said.intervals[-1]
        told = {"day": since.landmark, "until": landmark, "expected": round(since.said.expected)}
        told |= {"low": round(wide.low), "high": round(wide.high)}
        if since.left is None:
            said.append(text("since.said", **told))
        elif since.open:
            said.append(text("since.said_open", left=since.left, open=since.open, **told))
        else:
            said.append(text("since.said_left", left=since.left, **told))
    then, now = since.said.left, since.left_then_now
    if then is not None and now is not None and then != now:
        quarter = pd.Timestamp(since.said.quarter_left_from)
        why = [text(f"since.changed_{what}") for what in (*since.changed, "known")]
        said.append(text("since.restated", quarter=quarter, then=then, now=now, why=why))
    return said
