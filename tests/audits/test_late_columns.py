"""Late columns: what the lag ladder calls late, where it was made; else nothing is known, and nothing is made."""

import types

import pandas as pd

from analysis.audits.results import AuditResults
from analysis.audits.signals import Ladder, Signal, SignalOfColumn


class Results(AuditResults):
    """With a ladder that is given."""

    made: Ladder

    @property
    def ladder(self) -> Ladder:
        return self.made


def results(is_kept: bool, *signals: Signal) -> AuditResults:
    found = object.__new__(Results)
    found._kept = types.SimpleNamespace(are_kept=lambda *schemas: is_kept)
    told = tuple(
        SignalOfColumn(f"column{k}", "c", "usage", one, 1.0, 0.0, -1.0, -1.5, -0.5) for k, one in enumerate(signals)
    )
    found.made = Ladder((0, 90), 10, 5, told, pd.DataFrame(), pd.DataFrame())
    return found


def test_late_signals_and_those_that_may_be_are_named() -> None:
    found = results(True, Signal.EARLY, Signal.LATE, Signal.LATE_OR_FAST)
    assert found.late_columns == {"column1", "column2"}


def test_nothing_is_known_where_the_ladder_was_not_made() -> None:
    assert results(False, Signal.LATE).late_columns is None
