-- grain: table of the source of which rows were set apart; key: table_name
select
    table_name,
    sum(rows) as rows
from rule_findings
where severity = 'quarantine'
group by table_name
order by table_name
