"""Troth: a ledger of what teams promised the business, what they delivered, and how far their next promise can be trusted."""

__version__ = "0.1.0"
