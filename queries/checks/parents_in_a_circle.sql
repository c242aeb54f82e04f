-- Accounts that sixteen steps upward, from parent to parent, do not lead to the top.
with recursive steps as (
    select
        account_id,
        parent_account_id,
        1 as step
    from accounts
    where parent_account_id <> account_id
    union all
    select
        steps.account_id,
        above.parent_account_id,
        steps.step + 1 as step
    from steps
    inner join accounts as above
        on steps.parent_account_id = above.account_id
    where
        above.parent_account_id <> above.account_id
        and steps.step < 17
)

select accounts.rowid as row_id
from accounts
inner join steps
    on accounts.account_id = steps.account_id
where steps.step = 17
