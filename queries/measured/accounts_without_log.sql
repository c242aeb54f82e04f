-- grain: account whose use is declared not to be logged; key: account_id
-- rule: where some accounts say since when their use is logged, those that do not say it have no log
select account_id
from accounts
where
    use_logged_from is null
    and exists (
        select 1 from accounts as other
        where other.use_logged_from is not null
    )
order by account_id
