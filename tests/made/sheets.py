"""What is asked of every sheet that this program writes."""

from openpyxl.worksheet.worksheet import Worksheet


def is_one_page_wide(sheet: Worksheet) -> bool:
    """Whether a sheet is printed one page wide and as many high as it takes; where no width is told it is one."""
    setup = sheet.page_setup
    fits = sheet.sheet_properties.pageSetUpPr.fitToPage
    return bool(fits) and setup.fitToWidth in (None, 1) and setup.fitToHeight == 0
