"""The content of the page of the claims ledger: finished verdicts, as no page has yet put them into words."""

from dataclasses import dataclass

import pandas as pd

from analysis.claims.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Judged:
    """All that the page says, before it is put into words.

    Attributes
    ----------
    ledger
        Every claim, judged.
    n_events, n_clusters
        Lifetimes that churned, and parent accounts that they belong to.
    measured, unmeasured
        Families, without the control, of which these data measure something, and nothing.
    tables
        All tables by name, for files beside the page.
    """

    ledger: Ledger
    n_events: int
    n_clusters: int
    measured: tuple[str, ...]
    unmeasured: tuple[str, ...]
    tables: dict[str, pd.DataFrame]

    @property
    def day(self) -> pd.Timestamp:
        """The snapshot."""
        return self.ledger.day
