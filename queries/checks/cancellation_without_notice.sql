with open_accounts as (
    select account_id
    from subscriptions
    where ended_on is null
    group by account_id
    having count(notice_on) = 0
)

select tickets.rowid as row_id
from tickets
semi join open_accounts using (account_id)
where tickets.category = 'cancellation'
