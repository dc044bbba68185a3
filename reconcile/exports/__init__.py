"""Files to four clean tables: what each file is (recognise), its cells (sheets, xlsx, cells), its rows (tables)."""
