-- grain: landmark; key: landmark
-- rule: landmarks are month starts, or fiscal quarter starts alone, from the observation start to the snapshot; the
--       horizon ends horizon_months later, by the calendar
select
    months.starts_on as landmark,
    horizon.starts_on as horizon_ends_on,
    months.is_quarter_start
from calendar_months as months
inner join calendar_months as horizon
    on months.month_number + $horizon_months = horizon.month_number
where
    months.starts_on >= $observation_start
    and months.starts_on <= $snapshot
    and (
        $landmark_every_months = 1
        or months.is_quarter_start
    )
