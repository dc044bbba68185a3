"""What earlier runs saw, what became of their fixes, and what people typed into the last workbook."""
