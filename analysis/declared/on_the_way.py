"""On the way: tables of ``4_activity`` that a cohort is made by, and does not keep."""

ON_THE_WAY = frozenset({"usage_user_day", "usage_feature_day", "user_window", "feature_window"})
"""What says more of single users and features than anything later reads, and may be made on another engine."""
