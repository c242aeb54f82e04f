"""Covariates of a study's own that compare accounts, in an audit that looks at part of the book."""

import datetime as dt
from pathlib import Path

from small_source import write_small_source

from analysis.audits.look_ahead import look_ahead
from analysis.workbench import open_study

TICKETS = """ticket_id,account_id,opened_on
t1,a1,2023-02-10
t2,a1,2023-03-01
t3,a2,2023-02-27
t4,a2,2023-03-15
t5,a3,2023-02-20
t6,a3,2023-03-01
t7,a3,2023-03-01
"""
SHARE = """
select account_id, date, tickets / sum(tickets) over (partition by date) as {name}
from (
    select dates.account_id, dates.risk_date as date, count(*) as tickets
    from risk_windows as dates
    inner join tickets as ticket on dates.account_id = ticket.account_id and ticket.opened_on {until} dates.risk_date
    group by all
)
"""
DECLARED = 'family = "relationship"\n[{name}]\nlabel_en = "Share"\nnull_means = "no ticket"\n'


def test_a_share_of_the_book_is_no_look_ahead_and_one_that_counts_the_day_itself_is(tmp_path: Path) -> None:
    """Two of three accounts share all tickets otherwise than among three, whatever the day.

    On 1 March a1 opens one and a3 two, so that no two accounts share them as they did before.
    """
    study = write_small_source(tmp_path, tickets=TICKETS)
    told = f'queries = ["mine"]\n{study.read_text(encoding="utf-8")}\n[audits]\nlook_ahead_accounts = 2\n'
    study.write_text(told, encoding="utf-8")
    (tmp_path / "mine").mkdir()
    for name, until in (("share", "<"), ("peeking_share", "<=")):
        (tmp_path / "mine" / f"{name}.sql").write_text(SHARE.format(name=name, until=until), encoding="utf-8")
        (tmp_path / "mine" / f"{name}.toml").write_text(DECLARED.format(name=name), encoding="utf-8")
    tenure = open_study(study, out=tmp_path / "out", progress=lambda line: None)
    counts, cells = look_ahead(tenure, [dt.date(2023, 3, 1)])
    found = counts.set_index("what")
    assert found.loc["share", "compared"] == found.loc["peeking_share", "compared"] > 0
    assert found.loc["peeking_share", "differing"] > 0
    assert found["differing"].drop("peeking_share").sum() == 0
    assert set(cells["what"]) == {"peeking_share"}
