"""The ledger in one SQLite file: the log, and everything derived from it in the same transaction."""
