"""The page of the claims ledger: verdicts on what practice says, put into sentences and pictures, as one page."""
