"""Peers: what the accounts of a kind used in each week, in quartiles, made once for a book."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.cohort.cohort_tables import CohortTables
from analysis.story.frames import PEERS

_KIND = ["segment", "term_kind"]


@dataclass(frozen=True, slots=True, eq=False)
class PeerUse:
    """Use by week of everybody, and of each kind of account.

    Attributes
    ----------
    rows : DataFrame
        As ``use_by_week`` answers, and ``segment``.
    bands : DataFrame
        As `PEERS`; kinds of fewer accounts than may be shown, an account itself not counted, have none.
    is_per_seat
        Whether use is that of one seat.
    """

    rows: pd.DataFrame
    bands: pd.DataFrame
    is_per_seat: bool

    def band(self, account_id: str) -> pd.DataFrame:
        """Return the band of an account's peers by week, as use of an account with as many seats as it had then.

        Returns
        -------
        DataFrame
            ``week, segment, term_kind, accounts, low, middle, high``; in order of weeks.
        """
        own = self.rows[self.rows["account_id"] == account_id]
        found = own[[*_KIND, "week", "seats"]].merge(self.bands, on=[*_KIND, "week"]).sort_values("week")
        if self.is_per_seat:
            found = found[found["seats"] > 0]
            for name in ("low", "middle", "high"):
                found[name] = found[name] * found["seats"]
        return found.drop(columns="seats").reset_index(drop=True)


def peer_use(tenure: CohortTables) -> PeerUse:
    """Return the use of each kind of account by week: those of one segment, under one kind of term.

    An account is among its own peers; the segment is its label of today, which groups and never explains:
    rule 3 of `queries/rules_of_time.md`.
    """
    rows = tenure.ask("use_by_week")
    labels = None
    if tenure.segment is not None:
        labels = tenure.table("accounts").set_index("account_id")[tenure.segment]
    rows["segment"] = "" if labels is None else rows["account_id"].map(labels).fillna("").astype(str)
    is_per_seat = "subscriptions.seats" in tenure.given
    seats = rows["seats"].to_numpy(np.float64, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        use = np.where(seats > 0, rows["events"] / seats, np.nan) if is_per_seat else rows["events"].to_numpy("f8")
    by_kind = rows.assign(use=use).dropna(subset="use").groupby([*_KIND, "week"], sort=True)["use"]
    quartiles = {"low": 0.25, "middle": 0.5, "high": 0.75}
    bands = pd.DataFrame({name: by_kind.quantile(share) for name, share in quartiles.items()})
    bands = bands.assign(accounts=by_kind.size()).reset_index()
    shown = bands[bands["accounts"] > tenure.study.report.min_cell]
    return PeerUse(rows, PEERS.checked(shown[PEERS.columns].reset_index(drop=True)), is_per_seat)
