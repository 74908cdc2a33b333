"""One file per figure; each writes its own section of RESULTS.md."""
