"""The quarterly report: finished answers collected, put into sentences and pictures, and written as one page."""
