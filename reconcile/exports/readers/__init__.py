"""Bytes to grids of text cells: CSV files and workbooks, the latter in a process of their own."""
