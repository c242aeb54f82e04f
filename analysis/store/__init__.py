"""What is kept on disk: folders of one run, sets of files swapped whole, cohorts under their hash. Knows no SQL."""
