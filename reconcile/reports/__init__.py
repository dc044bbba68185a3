"""Findings and fixes to files: CSV and JSON (tables), the workbook (workbook), all of them or none (write)."""
