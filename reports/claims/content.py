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
    tables
        All tables by name, for files beside the page.
    """

    ledger: Ledger
    n_events: int
    n_clusters: int
    tables: dict[str, pd.DataFrame]

    @property
    def day(self) -> pd.Timestamp:
        """The snapshot."""
        return self.ledger.day
