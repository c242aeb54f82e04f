"""Curves: estimators on arrays of durations and events: survival, incidence, mean numbers, rates."""
