"""Event date: the intervals of a cohort as they would be with its event dated the other way, by notice or by end."""

import pandas as pd

from analysis.cohort.cohort_tables import ORDER, CohortTables
from analysis.cohort.rebuild import rebuilt


def counting_process_by_other_date(tenure: CohortTables) -> pd.DataFrame:
    """Return the intervals with covariates, as `CohortTables.counting_process`, with the event dated the other way.

    Parameters
    ----------
    tenure
        The cohort; it is only read. Covariates are those that it has; only dates that it lacks are computed.
    """
    event_date = "end" if tenure.study.time.event_date == "notice" else "notice"
    tenure.progress(f"dating the event by {event_date}")
    with rebuilt(tenure, {}, ["counting_process"], {"event_date": event_date}) as engine:
        return engine.frame(f"select * from counting_process order by {ORDER['counting_process']}")
