"""Forecast: who is at risk now, how likely each is to leave within the horizon, and why."""
