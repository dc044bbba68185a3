"""The first character of a workbook's cell text, which says what kind of cell it was.

These control characters cannot occur in a workbook's own text (XML forbids them). Shared by the child process that
opens workbooks (xlsx_child) and the parsers of cells (cell_parsers).
"""

DATE_MARK = "\x01"
NUMBER_MARK = "\x02"
ERROR_MARK = "\x03"
BOOLEAN_MARK = "\x04"
DURATION_MARK = "\x05"
CELL_KINDS = (DATE_MARK, NUMBER_MARK, ERROR_MARK, BOOLEAN_MARK, DURATION_MARK)


def plain_text(text: str) -> str:
    """A cell's text without its kind."""
    return text[1:] if text[:1] in CELL_KINDS else text
