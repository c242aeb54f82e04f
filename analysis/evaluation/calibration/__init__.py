"""Calibration: whether as many leave as was forecast, at every level of risk."""
