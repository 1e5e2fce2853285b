"""A small double-entry ledger with an authenticated JSON interface."""

__version__ = "1.0.0"
