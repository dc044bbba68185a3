"""The first character of a workbook's cell text, which says what kind of cell it was.

These control characters cannot occur in a workbook's own text (XML forbids them). Shared by the child process that
opens workbooks (xlsx) and the parser of cells (cells).
"""

DATE = "\x01"
NUMBER = "\x02"
ERROR = "\x03"
BOOLEAN = "\x04"
DURATION = "\x05"
KINDS = (DATE, NUMBER, ERROR, BOOLEAN, DURATION)
