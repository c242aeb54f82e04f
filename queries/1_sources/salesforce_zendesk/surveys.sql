-- grain: answer; no key
-- makes:  answers on satisfaction, from Zendesk's ratings: 1 is good, 0 is bad. One that was offered and not answered
--         is none.
-- decide: whether you ask for a recommendation (NPS) elsewhere: union it here, with kind 'nps' and scores from 0 to 10.
with accounts as ( -- the losing side of a merge is the winner
    select
        left(account.id, 15) as id,
        coalesce(winner.masterrecordid, account.masterrecordid, account.id) as account_id
    from raw.account as account
    left join raw.account as winner on account.masterrecordid = winner.id
)

select
    coalesce(accounts.account_id, organization.external_id, 'Zendesk organization ' || ticket.organization_id)
        as account_id,
    cast(rating.created_at as date) as responded_on,
    'csat' as kind,
    case when rating.score like 'good%' then 1 else 0 end as score
from raw.zendesk_satisfaction_rating as rating
inner join raw.zendesk_ticket as ticket on rating.ticket_id = ticket.id
left join raw.zendesk_organization as organization on ticket.organization_id = organization.id
left join accounts on left(organization.external_id, 15) = accounts.id
where (rating.score like 'good%' or rating.score like 'bad%') and ticket.organization_id is not null
order by account_id, responded_on, score
