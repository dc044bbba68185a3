"""Verdicts and fixes to files: CSV, JSON, the workbook and the page."""
