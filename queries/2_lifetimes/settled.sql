-- grain: the study, one line; no key
-- rule: an end on settled_until or before is known at the snapshot to be one: the allowed gap has passed without a
--       return. What came after is provisional, and counted apart
select cast($snapshot as date) - $allowed_gap_days as settled_until
