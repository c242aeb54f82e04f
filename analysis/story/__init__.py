"""The story of one account on one axis of time, and the stories that practice tells, with how often they end so."""
