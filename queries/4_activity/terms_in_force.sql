-- grain: lifetime and risk date; key: lifetime_id, risk_date
-- rule: the versions that cover the day, added up; the term that ends first sets the renewal clock. Terms are agreed
--       at signing, so the clock never uses an end that came later
select
    risk_dates.lifetime_id,
    risk_dates.risk_date,
    sum(versions.seats) as seats,
    sum(versions.mrr) as mrr,
    max(versions.term_months) as term_months,
    min(case when versions.term_ends_on > risk_dates.risk_date then versions.term_ends_on end) as term_ends_on,
    min(
        case
            when versions.term_ends_on - versions.notice_period_days > risk_dates.risk_date
                then versions.term_ends_on - versions.notice_period_days
        end
    ) as notice_deadline_on
from risk_dates
inner join subscription_versions as versions
    on
        risk_dates.account_id = versions.account_id
        and risk_dates.risk_date >= versions.started_on
        and risk_dates.risk_date < versions.covered_until
group by risk_dates.lifetime_id, risk_dates.risk_date
