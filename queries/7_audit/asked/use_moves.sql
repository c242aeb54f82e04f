-- grain: lifetime at risk on a landmark, with use logged all through both windows; key: lifetime_id, landmark
-- rule: its use in the recent window, and in the baseline before it, as it was known on the landmark
select
    landmarks.lifetime_id,
    landmarks.landmark,
    sum(case when used.used_on >= landmarks.landmark - $recent_days then used.events else 0 end) as recent,
    sum(case when used.used_on < landmarks.landmark - $recent_days then used.events else 0 end) as baseline
from landmark_dates as landmarks
inner join lifetimes
    on landmarks.lifetime_id = lifetimes.lifetime_id
inner join logged_since
    on landmarks.landmark = logged_since.risk_date
inner join usage_account_day as used
    on
        lifetimes.account_id = used.account_id
        and used.used_on >= landmarks.landmark - $baseline_days
        and used.used_on < landmarks.landmark
        and used.known_on < landmarks.landmark
where
    landmarks.landmark - $baseline_days >= lifetimes.origin
    and landmarks.landmark - $baseline_days >= logged_since.use_since
group by landmarks.lifetime_id, landmarks.landmark
