"""Xero's files to one table, one row per document: report rows off, lines folded, overlapping files joined.

    grid --_without_report_rows--> data rows --_typed_rows--> typed --_fold--> documents --_join_files--> invoices

Source: rules.md section 5; contract.md "Overlapping files".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from reconcile.errors import ReconcileError
from reconcile.exports import cell_parsers as cells
from reconcile.exports.columns import column_of
from reconcile.exports.control_totals import Account
from reconcile.exports.date_order import Key
from reconcile.exports.parsed_grid import Typed, cents_column, day_column, parse_grid, text_column
from reconcile.exports.readers.cell_kinds import plain_text
from reconcile.exports.readers.grid import FIRST_CELL, Grid
from reconcile.text_columns import stands_twice
from reconcile.wording import on_one_line

INVOICE, CREDIT_NOTE, LEFT_OUT = "invoice", "credit-note", "left-out"

# Xero's words for the kinds of document, of its CSV, its reports and its API (rules.md section 5).
DOCUMENT_KINDS = {
    "": INVOICE,
    "sales invoice": INVOICE,
    "receivable invoice": INVOICE,
    "invoice": INVOICE,
    "accrec": INVOICE,
    "sales credit note": CREDIT_NOTE,
    "receivable credit note": CREDIT_NOTE,
    "credit note": CREDIT_NOTE,
    "accreccredit": CREDIT_NOTE,
}
LEFT_OUT_WORDS = ("overpayment", "prepayment", "bill", "payable", "accpay")

# The status in Xero's own words, from the CSV's, the reports' and the API's.
STATUSES = {
    "": "",
    "draft": "Draft",
    "awaiting approval": "Awaiting Approval",
    "submitted": "Awaiting Approval",
    "awaiting payment": "Awaiting Payment",
    "approved": "Awaiting Payment",
    "authorised": "Awaiting Payment",
    "authorized": "Awaiting Payment",
    "paid": "Paid",
    "deleted": "Deleted",
    "voided": "Voided",
}
ADVANCE = (
    "",
    "Draft",
    "Awaiting Approval",
    "Awaiting Payment",
    "Paid",
    "Deleted",
    "Voided",
)  # the later the further

INVOICE_COLUMNS = "invoice_no kind reference contact invoice_date total_cents tax_cents currency status file row notes".split()
_DOCUMENT = [
    "invoice_no",
    "kind",
]  # the contact is the third part of the key: where it differs, both are set aside
_COMPARED = {
    "contact": "contact",
    "reference": "Reference",
    "invoice_date": "date",
    "total_cents": "total",
    "tax_cents": "tax",
    "currency": "currency",
}


def read_invoices(
    grids: list[Grid], orders: Mapping[Key, str], account: Account
) -> tuple[pd.DataFrame, frozenset[str]]:
    """All Xero files as one table, one row per document.

    Returns:
        The table (INVOICE_COLUMNS), and every number seen in the files, of rows set aside too.
    """
    tables: list[pd.DataFrame] = []
    numbers: set[str] = set()
    for position, grid in enumerate(grids):
        rows = _typed_rows(
            _without_report_rows(grid, account), orders[grid.path, grid.sheet], account
        )
        tables.append(_fold(rows, account).assign(grid=position))
        numbers.update(rows.typed.parsed["invoice_no"].values.tolist())
    joined = _join_files(pd.concat(tables, ignore_index=True), grids, account)
    return joined[INVOICE_COLUMNS], frozenset(numbers - {""})


# The rows of a report that are layout ----------------------------------------------------------------------------------


def _without_report_rows(grid: Grid, account: Account) -> Grid:
    """Drop the group and total rows of a Xero report, and give each row the contact or number of its group.

    They are layout, not data, and are not counted as rows.
    """
    if not grid.grouped_by:
        return grid
    texts, codes = grid.columns[FIRST_CELL]
    plain = np.array([*map(plain_text, texts.to_pylist()), ""], dtype=object)
    first = plain[codes]
    alone = ~_filled_beside(grid) & (first != "")
    # A total without a saved value stands alone too: it follows its group's own row, unless that group has had its total.
    heads = pd.Series(first, dtype="str").where(alone)
    open_group = heads.ffill().fillna("").to_numpy(dtype=object)
    closings = pd.Series((~alone & (first == "Total " + open_group)).cumsum())
    before = pd.DataFrame({"head": heads, "closings": closings})[alone].shift().reindex(heads.index)
    heads = heads.where(
        (first != "Total " + before["head"].fillna("")) | (closings > before["closings"])
    )
    group = heads.ffill().fillna("").to_numpy(dtype=object)
    total = (
        (first == "Total")
        | ((group != "") & (first == "Total " + group))
        | (alone & heads.isna().to_numpy())
    )
    keep = ~(alone | total)
    account.count(grid, "rows", int(keep.sum()) - len(keep))
    columns = {name: (texts, codes[keep]) for name, (texts, codes) in grid.columns.items()}
    headers = dict(grid.headers)
    if grid.grouped_by != "any":
        _refuse_without_groups(grid, keep & (group == ""))
        group_codes, groups = pd.factorize(group[keep], use_na_sentinel=False)
        columns[grid.grouped_by] = (pa.array(groups, pa.string()), group_codes)
        headers[grid.grouped_by] = "group row"
    return replace(grid, rows=grid.rows[keep], columns=columns, headers=headers)


def _refuse_without_groups(grid: Grid, groupless: np.ndarray) -> None:
    """A report without the column and without the group rows that would stand for it says nothing of it."""
    if groupless.any():
        header = column_of(grid.role, grid.grouped_by).headers[1]
        raise ReconcileError(
            f"{grid.path}: row {grid.rows[np.flatnonzero(groupless)[0]]}: no {header} of this row. There is no such column, "
            f"and no group row above. In Xero's report add the column {header}, then export it again."
        )


def _filled_beside(grid: Grid) -> np.ndarray:
    """Which rows hold something in a needed column other than the first of the sheet."""
    filled = np.zeros(len(grid.rows), dtype=bool)
    for name, (texts, codes) in grid.columns.items():
        if name not in (FIRST_CELL, *grid.first_names) and len(texts):
            filled |= np.array(
                [not cells.is_blank(plain_text(text)) for text in texts.to_pylist()],
                dtype=bool,
            )[codes]
    return filled


# Typed rows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """The typed rows of one file: kind and status of each, and which are left out (bills, overpayments, prepayments)."""

    typed: Typed
    kind: np.ndarray
    status: np.ndarray
    left_out: np.ndarray

    @property
    def grid(self) -> Grid:
        return self.typed.grid

    def number(self, at: int) -> str:
        """The invoice number of one row."""
        return self.typed.parsed["invoice_no"].values[self.grid.columns["invoice_no"][1][at]]

    def column(self, name: str, missing: object) -> np.ndarray:
        """A column's values, or the same missing value throughout where the file does not have it."""
        return (
            self.typed.values(name)
            if name in self.typed.parsed
            else np.full(len(self.grid.rows), missing)
        )


def _typed_rows(grid: Grid, order: str, account: Account) -> _Rows:
    _say_missing_columns(grid, account)
    count = len(grid.rows)
    kind = _each(grid, "kind", _kind_of, INVOICE, count)
    left_out = kind == LEFT_OUT
    typed = parse_grid(grid, order, left_out, quiet=("line_amount", "tax_amount"))
    status = _each(grid, "status", STATUSES.get, "", count)
    typed.fault(pd.isna(kind), "kind", "not a type of document that Xero writes")
    typed.fault(pd.isna(status) & ~left_out, "status", "not a status that Xero writes")
    typed.fault(typed.are("invoice_no", "") & ~left_out, "invoice_no", "no invoice number")
    typed.fault(
        typed.are("contact", "") & ~left_out, "contact", "no contact: blank never matches blank"
    )
    rows = _Rows(typed, kind, np.where(pd.isna(status), "", status), left_out)
    total = rows.column("total", cells.MISSING_MONEY)
    unsaid = _each(grid, "kind", lambda word: word == "", True, count).astype(bool)
    negative = unsaid & (total < 0) & (total != cells.MISSING_MONEY)
    return replace(rows, kind=np.where(negative, CREDIT_NOTE, kind))


def _kind_of(word: str) -> str | None:
    return LEFT_OUT if any(part in word for part in LEFT_OUT_WORDS) else DOCUMENT_KINDS.get(word)


def _each(grid: Grid, name: str, meaning: object, missing: object, count: int) -> np.ndarray:
    """What each distinct word of a column means, per row; `missing` where the file does not have the column."""
    if name not in grid.columns:
        return np.full(count, missing, dtype=object)
    texts, codes = grid.columns[name]
    words = [meaning(plain_text(text).strip().casefold()) for text in texts.to_pylist()]  # type: ignore[operator]
    return np.array([*words, None], dtype=object)[codes]


def _say_missing_columns(grid: Grid, account: Account) -> None:
    missing = {
        "kind": "no Type column: every row taken as a sales invoice, negative totals as credit notes",
        "status": "no Status column: every invoice taken as approved",
        "invoice_date": "no InvoiceDate column: the window (E3) and the locks (E5) cannot be judged",
    }
    for name, words in missing.items():
        if name not in grid.columns:
            account.assume(f"{grid.path}: {words}")


# Lines to documents ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lines:
    """The lines of a file's documents.

    Attributes:
        at: row position of each line. document: its document, from 0 in order of first appearance.
        first: for each document the position, among these lines, of its first line.
    """

    at: np.ndarray
    document: np.ndarray
    first: np.ndarray

    @property
    def count(self) -> int:
        return len(self.first)

    def flag(self, lines: np.ndarray) -> np.ndarray:
        """The documents that have one of the flagged lines."""
        documents = np.zeros(self.count, dtype=bool)
        documents[self.document[lines]] = True
        return documents


def _lines_of(rows: _Rows) -> _Lines:
    at = np.flatnonzero(~rows.left_out)
    number = rows.typed.codes("invoice_no")[at].astype(np.int64)
    nameless = rows.typed.are("invoice_no", "")[at]  # a row without a number belongs to no document
    key = np.where(nameless, -1 - np.arange(len(at)), number * 2 + (rows.kind[at] == CREDIT_NOTE))
    document, _ = pd.factorize(key)
    first = np.zeros(int(document.max()) + 1 if len(document) else 0, dtype=np.int64)
    first[document[::-1]] = np.arange(len(document))[::-1]
    return _Lines(at, document, first)


def _fold(rows: _Rows, account: Account) -> pd.DataFrame:
    """One row per document: the repeated fields of its lines once; a fault or a disagreement sets it aside whole."""
    lines = _lines_of(rows)
    faulty = rows.typed.faulty[lines.at]
    bad = lines.flag(faulty)
    _say_pulled_along(rows, lines, faulty, bad, account)
    bad |= _disagreeing(rows, lines, bad, account)
    totals = _totals(rows, lines)
    without = (totals == cells.MISSING_MONEY) & ~bad
    for line in lines.first[without]:
        at = int(lines.at[line])
        account.problem(
            rows.grid,
            int(rows.grid.rows[at]),
            "total",
            "",
            "no total on any line of this invoice",
            True,
        )
    bad |= without
    rows.typed.tell(account)
    _say_left_out(rows, account)
    kept = np.flatnonzero(~bad)
    aside = int(bad[lines.document].sum())
    account.count(rows.grid, "left_out", rows.left_out.sum())
    account.count(rows.grid, "set_aside", aside)
    account.count(rows.grid, "records", len(kept))
    account.count(rows.grid, "folded", len(lines.at) - aside - len(kept))
    return _documents(rows, lines.at[lines.first[kept]], totals[kept])


def _documents(rows: _Rows, at: np.ndarray, totals: np.ndarray) -> pd.DataFrame:
    """The table of documents from the position of each one's first line."""
    grid = rows.grid
    tax = rows.column("tax_total", cells.MISSING_MONEY)[at]
    return pd.DataFrame(
        {
            "invoice_no": rows.typed.texts("invoice_no", at),
            "kind": text_column(rows.kind[at]),
            "reference": rows.typed.texts("reference", at),
            "contact": rows.typed.texts("contact", at),
            "invoice_date": day_column(rows.column("invoice_date", cells.NO_DATE)[at]),
            "total_cents": cells.to_cents(totals),
            "tax_cents": cents_column(
                np.full(len(at), cells.MISSING_MONEY) if grid.gross_is_per_line else tax
            ),
            "currency": rows.typed.texts("currency", at) if "currency" in rows.typed.parsed else "",
            "status": text_column(rows.status[at]),
            "file": grid.path,
            "row": grid.rows[at],
            "notes": "",
        }
    )


def _disagreeing(rows: _Rows, lines: _Lines, bad: np.ndarray, account: Account) -> np.ndarray:
    """Documents whose lines differ where all lines of an invoice are the same; both rows are named."""
    columns = {
        "reference": ("Reference", rows.typed.codes("reference")),
        "contact": ("contact", rows.typed.codes("contact")),
        "total": ("total", rows.column("total", cells.MISSING_MONEY)),
        "status": ("status", pd.factorize(rows.status)[0]),
        "invoice_date": ("date", rows.column("invoice_date", cells.NO_DATE).astype("int64")),
    }
    if rows.grid.gross_is_per_line:
        del columns["total"]
    said = np.zeros(lines.count, dtype=bool)
    for name, (word, values) in columns.items():
        here = values[lines.at]
        there = here[lines.first][lines.document]
        differs = here != there
        if name == "total":
            differs &= (here != cells.MISSING_MONEY) & (there != cells.MISSING_MONEY)
        for line in np.flatnonzero(differs):
            document = lines.document[line]
            if not said[document] and not bad[document]:
                said[document] = True
                _say_disagreement(
                    rows,
                    int(lines.at[lines.first[document]]),
                    int(lines.at[line]),
                    name,
                    word,
                    account,
                )
    return said


def _say_disagreement(
    rows: _Rows, one: int, two: int, name: str, word: str, account: Account
) -> None:
    number, grid = rows.number(one), rows.grid
    words = (
        f"lines of invoice {number} differ in {word}: rows {grid.rows[one]} and {grid.rows[two]}"
    )
    if name == "contact":
        words += "; one number on two contacts"
    account.problem(grid, int(grid.rows[two]), name, rows.typed.found(name, two), words, True)


def _say_pulled_along(
    rows: _Rows, lines: _Lines, faulty: np.ndarray, bad: np.ndarray, account: Account
) -> None:
    """Name the good lines that are set aside since another line of their invoice is at fault."""
    for line in np.flatnonzero(bad[lines.document] & ~faulty):
        at = int(lines.at[line])
        number = rows.number(at)
        words = f"set aside with the other rows of invoice {number}, one of which is at fault"
        account.problem(rows.grid, int(rows.grid.rows[at]), "invoice_no", number, words, True)


def _say_left_out(rows: _Rows, account: Account) -> None:
    if not rows.left_out.any():
        return
    texts, codes = rows.grid.columns["kind"]
    counts = pd.Series(codes[rows.left_out]).value_counts()
    words = ", ".join(
        f"{count} of type {texts[int(code)].as_py().strip()!r}"
        for code, count in sorted(counts.items())
    )
    account.problem(
        rows.grid, None, "kind", "", f"rows left out, which are no sales invoices: {words}", False
    )


def _totals(rows: _Rows, lines: _Lines) -> np.ndarray:
    """Total of each document in ten-thousandths: the repeated Total, else the sum of its lines."""
    total = rows.column("total", cells.MISSING_MONEY)[lines.at]
    if rows.grid.gross_is_per_line:
        return _sums(total, lines)
    found = total[lines.first]
    if (found == cells.MISSING_MONEY).any():
        there = total != cells.MISSING_MONEY
        found[lines.document[there]] = total[there]
        found = np.where(
            found == cells.MISSING_MONEY, _sums(_line_amounts(rows)[lines.at], lines), found
        )
    return found


def _line_amounts(rows: _Rows) -> np.ndarray:
    """LineAmount plus TaxAmount of each row, MISSING_MONEY where the file has not both columns or the row neither."""
    if not {"line_amount", "tax_amount"} <= rows.typed.parsed.keys():
        return np.full(len(rows.grid.rows), cells.MISSING_MONEY)
    parts = [rows.typed.values(name) for name in ("line_amount", "tax_amount")]
    there = [part != cells.MISSING_MONEY for part in parts]
    amount = np.where(there[0], parts[0], 0) + np.where(there[1], parts[1], 0)
    return np.where(there[0] | there[1], amount, cells.MISSING_MONEY)


def _sums(amounts: np.ndarray, lines: _Lines) -> np.ndarray:
    there = amounts != cells.MISSING_MONEY
    sums = np.zeros(lines.count, dtype=np.int64)
    np.add.at(sums, lines.document[there], amounts[there])
    about = np.zeros(lines.count)
    np.add.at(about, lines.document[there], amounts[there].astype(float))
    countable = (
        np.abs(about) < 2.0**62
    )  # beyond that a sum would run over the end of a 64-bit number
    return np.where(lines.flag(there) & countable, sums, cells.MISSING_MONEY)


# Overlapping files -------------------------------------------------------------------------------------------------


def _join_files(table: pd.DataFrame, grids: list[Grid], account: Account) -> pd.DataFrame:
    """Documents that are in several files once, with the more advanced status; differing ones set aside.

    Source: contract.md "Overlapping files".
    """
    if not stands_twice(table["invoice_no"]):
        return table
    repeated = table.duplicated(_DOCUMENT, keep=False)
    if not repeated.any():
        return table
    again = table[repeated].copy()
    key = again.groupby(_DOCUMENT, sort=False).ngroup()
    compared = again.assign(currency=again["currency"].where(again["currency"] != ""))
    differs = pd.Series(False, index=again.index)
    for name in _COMPARED:
        differs |= (
            compared[name].groupby(key).transform("nunique") > 1
        )  # nunique leaves out what is not known
    first = ~again.duplicated(_DOCUMENT)
    for _, rows in again[differs].groupby(key[differs], sort=False):
        _say_differing(rows, grids, account)
    for name in ("invoice_date", "tax_cents", "currency"):
        known = compared[name].groupby(key).transform("first")
        again[name] = known.fillna("") if name == "currency" else known
    again = _with_latest_status(again, key)
    for position, rows in again.assign(aside=differs, first=first).groupby("grid"):
        account.move(grids[position], "set_aside", int(rows["aside"].sum()))
        account.move(grids[position], "folded", int((~rows["aside"] & ~rows["first"]).sum()))
    kept = pd.concat([table[~repeated], again[first & ~differs]])
    return kept.sort_index(ignore_index=False).reset_index(drop=True)


def _with_latest_status(again: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    """Give every copy of a document the more advanced status, and note where that stands."""
    rank = again["status"].map({status: at for at, status in enumerate(ADVANCE)}).astype("int64")
    best = rank.groupby(key).transform("max")
    place = (
        (again["file"].map(on_one_line) + " row " + again["row"].astype("str"))
        .where(rank == best)
        .groupby(key)
        .transform("first")
    )
    status = text_column(np.array(ADVANCE, dtype=object)[best]).set_axis(again.index)
    note = "status " + status + " as in " + place + ", which is later than here"
    return again.assign(status=status, notes=again["notes"].where(rank == best, note))


def _say_differing(rows: pd.DataFrame, grids: list[Grid], account: Account) -> None:
    places = " and ".join(f"{one.file} row {one.row}" for one in rows.itertuples())
    words = ", ".join(
        word for name, word in _COMPARED.items() if rows[name].replace("", pd.NA).nunique() > 1
    )
    for one in rows.itertuples():
        number = one.invoice_no
        text = f"invoice {number} differs in {words} between {places}"
        account.problem(grids[one.grid], int(one.row), "invoice_no", number, text, True)
