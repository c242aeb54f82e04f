"""Measures: scores of forecasts, for rows followed to the horizon or censored before, with their errors."""
