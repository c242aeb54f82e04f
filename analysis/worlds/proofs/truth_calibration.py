"""Calibration of the truth: do as many accounts churn as the true probabilities say, as a study itself counts them?"""

import numpy as np
import pandas as pd

from analysis.errors import StudyError

KEY = ["account_id", "risk_date"]


def calibration_of_truth(truth: pd.DataFrame, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Compare true three-month probabilities with the share that churned, by tenth of probability and over all.

    Parameters
    ----------
    truth
        The world's ``three_month_probability``.
    landmarks
        The study's landmarks, of which those that are followed to the end of their horizon are counted.

    Returns
    -------
    DataFrame
        tenth, rows, accounts, probability (mean), churned (share), difference (churned - probability) and its
        std_error. Tenth '0' holds the rows in none of whose paths anything was decided, so that their probability is 0;
        '1' to '10' divide the others evenly, equal probabilities together; 'all' is every row.

    Raises
    ------
    StudyError
        If no landmark is followed in the months of the truth, or one of those has no probability there.

    Notes
    -----
    Rows of an account overlap, so errors are by account: the root of the sum of squares of each account's summed
    difference, over the number of rows. What chance the paths leave in the probabilities is in them. But rows are told
    apart by probabilities in which chance has a part: of few paths (one or two), the highest tenths are too high.

    A notice that stands at the snapshot counts as churn in a study, though some are withdrawn, or bridged by a return,
    later on. So the last months before the snapshot churn a little more than the truth says.
    """
    rows = _with_probability(truth, landmarks)
    tenth = _tenth(rows["probability"])
    parts = [(str(number), rows[tenth == number]) for number in np.unique(tenth)]
    return pd.DataFrame([_line(name, part) for name, part in [*parts, ("all", rows)]])


def _with_probability(truth: pd.DataFrame, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return the followed landmarks in the months of the truth, with the probability of each."""
    true = truth[["account_id", "landmark", "probability"]].rename(columns={"landmark": "risk_date"})
    followed = landmarks.loc[landmarks["is_followed"].astype(bool), [*KEY, "event"]]
    true, followed = (
        frame.assign(risk_date=pd.to_datetime(frame["risk_date"]).astype("datetime64[s]")) for frame in (true, followed)
    )
    rows = followed[followed["risk_date"].isin(true["risk_date"])].merge(true, on=KEY, how="left", validate="1:1")
    if rows.empty:
        raise StudyError("No landmark that is followed to the end of its horizon lies in the months of the truth.")
    lacking = rows[rows["probability"].isna()]
    if len(lacking):
        first = ", ".join(f"{row.account_id} on {row.risk_date:%Y-%m-%d}" for row in lacking.head(5).itertuples())
        raise StudyError(
            f"{len(lacking)} of {len(rows)} landmarks have no true probability: {first}. "
            "Were the landmarks built from this world?"
        )
    return rows.sort_values(KEY, ignore_index=True)


def _tenth(probability: pd.Series) -> pd.Series:
    """Return the tenth of each probability among those above 0, from 1 to 10; 0 where it is 0."""
    decides = probability[probability > 0]
    tenth = np.ceil(10 * decides.rank(method="average") / len(decides)).astype(int)
    return tenth.reindex(probability.index, fill_value=0)


def _line(name: str, rows: pd.DataFrame) -> dict[str, object]:
    away = rows["event"] - rows["probability"]
    by_account = away.groupby(rows["account_id"]).sum()
    return {
        "tenth": name,
        "rows": len(rows),
        "accounts": len(by_account),
        "probability": rows["probability"].mean(),
        "churned": rows["event"].mean(),
        "difference": away.mean(),
        "std_error": np.sqrt((by_account**2).sum()) / len(rows),
    }
