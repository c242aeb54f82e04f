"""Inference: the time-varying Cox model of a study, and what may be said of its columns and families."""
