"""Saved: a fitted forecaster and its design as data, in files that are read only as they were written."""
