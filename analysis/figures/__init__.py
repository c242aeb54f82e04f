"""Figures: each takes a finished frame and draws it on an axes; none computes."""
