"""Answers about one practice: why an invoice is where it is, and what a change would move."""
