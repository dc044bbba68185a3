"""Where every row went: what is counted, moved and added up, and that a row too few stops the run."""

from __future__ import annotations

import numpy as np
import pytest

from reconcile.errors import Unaccounted
from reconcile.exports.control_totals import Account, InputTotals, RowTotals, add_up
from reconcile.exports.readers.grid import Grid, Unread

GRID = Grid("xero.csv", None, "xero_invoices", {}, np.arange(2, 12), {}, 10, sha256="ab")


def account_of(**counts: int) -> Account:
    account = Account()
    account.open(GRID)
    for way, rows in counts.items():
        account.count(GRID, way, rows)
    return account


def test_each_row_of_a_file_is_accounted_for():
    account = account_of(records=6, folded=1, set_aside=1, left_out=2)
    account.move(GRID, "folded", 3)
    account.check()
    assert account.inputs == (InputTotals("xero_invoices", "xero.csv", None, "ab", 10, 3, 4, 1, 2),)


@pytest.mark.parametrize("records", [9, 11])
def test_a_row_too_few_or_too_many_stops_the_run(records):
    with pytest.raises(Unaccounted, match=r"xero\.csv do not add up"):
        account_of(records=records).check()


def test_a_sheet_that_is_not_understood_has_no_role_and_no_rows():
    account = Account()
    account.open(Unread("book.xlsx", "Notes", "no header", sha256="cd"))
    assert account.inputs == (InputTotals(None, "book.xlsx", "Notes", "cd"),)


def test_files_are_added_up():
    one = InputTotals("xpm_jobs", "a.csv", None, "", 4, 1, 1, 1, 1)
    assert add_up([one, one]) == RowTotals(8, 2, 2, 2, 2)
    assert add_up([]) == RowTotals()
