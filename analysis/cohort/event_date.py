"""Event date: the intervals of a cohort as they would be with its event dated the other way, by notice or by end."""

from typing import Literal

import pandas as pd

from analysis.cohort.cohort_tables import CohortTables, in_order
from analysis.cohort.frames import COUNTING_PROCESS
from analysis.cohort.rebuild import rebuilt

EventDate = Literal["notice", "end"]


def other_event_date(event_date: EventDate) -> EventDate:
    """Return the other way to date an event."""
    return "end" if event_date == "notice" else "notice"


def counting_process_by_other_date(tenure: CohortTables) -> pd.DataFrame:
    """Return the intervals with covariates, as `CohortTables.counting_process`, with the event dated the other way.

    Parameters
    ----------
    tenure
        The cohort; it is only read. Covariates are those that it has; only dates that it lacks are computed.
    """
    event_date = other_event_date(tenure.study.time.event_date)
    tenure.progress(f"dating the event by {event_date}")
    with rebuilt(tenure, {}, ["counting_process"], {"event_date": event_date}) as engine:
        found = engine.frame("select * from counting_process order by all")
    return COUNTING_PROCESS.checked(in_order(found, "counting_process"))
