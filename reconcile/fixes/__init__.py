"""Verdicts to proved fixes: what to click, in an order that is safe to interrupt."""
