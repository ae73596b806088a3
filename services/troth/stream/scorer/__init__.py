"""The scorer: a Faust program that folds the log into tallies, and sums the tallies to scores."""
