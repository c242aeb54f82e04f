"""The page of an evaluation: how forecasts turned out, put into sentences and pictures, and written as one page."""
