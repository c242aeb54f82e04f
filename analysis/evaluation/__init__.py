"""Evaluation: how well forecasts made in time were borne out."""
