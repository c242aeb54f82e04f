"""Long tables: those that have as many rows as a log of use, which another engine may hold and read."""

LOGS = frozenset({"usage_daily", "user_activity"})
"""Of the contract: a row for each account, user or feature, and day."""
ON_THE_WAY = frozenset({"usage_user_day", "usage_feature_day", "user_window", "feature_window"})
"""Of ``4_activity``, made by a cohort and not kept: they say more of single users and features than is read later."""
