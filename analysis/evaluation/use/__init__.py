"""Use: what a forecast is worth to a team that can look after some accounts."""
