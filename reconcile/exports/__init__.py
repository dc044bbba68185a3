"""Files to four clean tables: what each file is (recognise), its cells (readers, cell_parsers), its rows (tables)."""
