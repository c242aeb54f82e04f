"""The small tables of the benchmark's source: for each a select from its book of accounts."""

SMALL_TABLES = {
    "accounts": """
        select
            account_id,
            ['jp', 'us', 'de'][1 + draw(number, 'region', 3)] as region,
            ['small', 'large'][1 + draw(number, 'segment', 2)] as segment,
            case
                when draw(number, 'onboarding', 4) > 0
                    then started_on + cast(30 + draw(number, 'onboarded', 60) as integer)
            end as onboarding_completed_on
        from book""",
    "subscriptions": """
        with terms as (
            select
                *,
                month_start(start_month + term_months * term, start_day) as term_starts_on,
                month_start(start_month + term_months * (term + 1), start_day) as term_ends_on
            from book, (select unnest(range(60)) as term)
        )
        select
            'S' || account_id as subscription_id,
            account_id,
            term_starts_on as started_on,
            term_ends_on,
            case when term_ends_on = ended_on then ended_on end as ended_on,
            case
                when term_ends_on = ended_on then ended_on - case when term_months = 1 then 20 else 45 end
            end as notice_on,
            case when term_months = 1 then 10 else 30 end as notice_period_days,
            case
                when term_ends_on < ended_on or ended_on is null then null
                when draw(number, 'reason', 5) = 0 then 'involuntary'
                else 'voluntary'
            end as end_reason,
            term_months,
            seats + 2 * (term * term_months // 12) * draw(number, 'grows', 3) as seats,
            10 * (seats + 2 * (term * term_months // 12) * draw(number, 'grows', 3)) as mrr
        from terms
        where term_starts_on < coalesce(ended_on, date '2026-01-01')""",
    "users": """
        select
            account_id || '-U' || slot as user_id,
            account_id,
            ['sales', 'service', 'finance', 'it'][1 + draw(number * 100 + slot, 'department', 4)] as department,
            started_on + cast(draw(number * 100 + slot, 'created', 400) as integer) as created_on
        from book, (select unnest(range(25)) as slot)
        where slot < users""",
    "features": """
        select
            'feature' || slot as feature,
            case when slot >= 4 then date '2021-06-01' + cast(130 * slot as integer) end as released_on,
            case when slot < 4 then 'core' else 'advanced' end as depth
        from (select unnest(range($features)) as slot)""",
    "contacts": """
        select
            account_id || '-C' || slot as contact_id,
            account_id,
            ['champion', 'executive_sponsor', 'champion', 'admin', 'buyer', 'executive_sponsor'][1 + slot] as role,
            case
                when slot in (2, 5) then started_on + cast(draw(number * 100 + slot, 'joins', 900) as integer)
                else started_on
            end as started_on,
            case
                when slot < 2 and draw(number * 100 + slot, 'leaves', 2) = 0
                    then started_on + 100 + cast(draw(number * 100 + slot, 'left', 1000) as integer)
            end as ended_on,
            ['sales', 'service', 'finance', 'it'][1 + draw(number * 100 + slot, 'department', 4)] as department,
            account_id || '-U' || slot as user_id
        from book, (select unnest(range(6)) as slot)""",
    "touchpoints": """
        select
            account_id || '-T' || slot as touchpoint_id,
            account_id,
            logged_from + cast(draw(number * 100 + slot, 'touch', logged_days) as integer) as occurred_on,
            ['handover', 'meeting', 'business_review', 'call', 'email'][1 + draw(number * 100 + slot, 'kind', 5)]
                as kind,
            ['vendor', 'customer'][1 + draw(number * 100 + slot, 'initiated', 2)] as initiated_by,
            ['held', 'held', 'held', 'no_show'][1 + draw(number * 100 + slot, 'status', 4)] as status,
            draw(number * 100 + slot, 'automated', 5) = 0 as automated,
            account_id || '-C' || draw(number * 100 + slot, 'contact', 6) as contact_id,
            case when draw(number * 100 + slot, 'answered', 3) > 0 then draw(number * 100 + slot, 'hours', 200) end
                as response_hours,
            draw(number * 100 + slot, 'sentiment', 21) / 10 - 1 as sentiment
        from book, (select unnest(range(30)) as slot)""",
    "tickets": """
        with opened as (
            select
                *,
                number * 100 + slot as ticket,
                logged_from + cast(draw(number * 100 + slot, 'ticket', logged_days) as integer) as opened_on
            from book, (select unnest(range(15)) as slot)
        )
        select
            account_id || '-K' || slot as ticket_id,
            account_id,
            opened_on,
            opened_on + 1 + cast(draw(ticket, 'resolved', 30) as integer) as resolved_on,
            ['bug', 'how_to', 'feature_request', 'contract', 'complaint'][1 + draw(ticket, 'category', 5)] as category,
            case when draw(ticket, 'escalated', 10) = 0 then opened_on + 1 end as escalated_on,
            ['user', 'manager', 'executive'][1 + draw(ticket, 'seniority', 3)] as requester_seniority,
            draw(ticket, 'sentiment', 21) / 10 - 1 as sentiment
        from opened""",
    "surveys": """
        select
            account_id,
            logged_from + cast(draw(number * 100 + slot, 'survey', logged_days) as integer) as responded_on,
            'nps' as kind,
            draw(number * 100 + slot, 'score', 11) as score
        from book, (select unnest(range(6)) as slot)""",
    "goals": """
        select
            account_id,
            'goal' || slot as goal_id,
            started_on + cast(250 * slot as integer) as defined_on,
            started_on + cast(250 * slot + 200 as integer) as due_on,
            case
                when draw(number * 100 + slot, 'achieved', 3) > 0
                    then started_on + cast(250 * slot + 100 + draw(number * 100 + slot, 'after', 200) as integer)
            end as achieved_on
        from book, (select unnest(range(4)) as slot)""",
    "account_attributes": """
        select
            account_id,
            ['touch_model', 'segment'][1 + slot % 2] as attribute,
            ['high', 'low', 'small', 'large'][1 + 2 * (slot % 2) + draw(number * 100 + slot, 'value', 2)] as value,
            started_on + cast(200 * slot as integer) as valid_from
        from book, (select unnest(range(4)) as slot)""",
    "holidays": """
        select
            ['jp', 'us'][1 + region] as region,
            make_date(2021 + year, 1 + holiday, 1 + draw(region * 100 + holiday, 'holiday', 28)) as day
        from
            (select unnest(range(2)) as region),
            (select unnest(range(6)) as year),
            (select unnest(range(12)) as holiday)""",
}
