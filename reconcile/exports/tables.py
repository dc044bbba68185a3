"""Grids to four typed tables: cells parsed, invoice lines folded, overlapping files joined, faulty rows set aside.

    files --sources, sheets--> grids --_parse--> typed rows --_xero_file, _rows_of--> records --_join_files--> Exports

A row is never lost in silence: rows read = records + lines folded + set aside + left out, for every file.
Source: rules.md section 5; contract.md "Overlapping files".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from reconcile.errors import ReconcileError
from reconcile.exports import cells
from reconcile.exports.columns import (
    DATE,
    EXACT,
    MONEY,
    NUMBER,
    ROLE_WORDS,
    SYSTEMS,
    XERO_INVOICES,
    XPM_CLIENTS,
    XPM_INVOICES,
    XPM_JOBS,
    column_of,
)
from reconcile.exports.problems import Problem
from reconcile.exports.sheets import Grid, Unread, read_sheets
from reconcile.exports.sources import Source
from reconcile.settings import Settings

INVOICE, CREDIT_NOTE, LEFT_OUT = "invoice", "credit-note", "left-out"

# Xero's words for the kinds of document, of its CSV, its reports and its API (rules.md section 5).
KINDS = {
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
_LEFT_OUT_WORDS = ("overpayment", "prepayment", "bill", "payable", "accpay")

# The status in Xero's own words, from the CSV's, the reports' and the API's; the more advanced later.
STATUSES = {
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
    "": "",
}
ADVANCE = ("", "Draft", "Awaiting Approval", "Awaiting Payment", "Paid", "Deleted", "Voided")

# State types by name (rules.md section 5); any other name is taken as Standard, and said so.
STATE_TYPES = {
    "planned": "standard",
    "in progress": "standard",
    "completed": "completed",
    "complete": "completed",
    "on hold": "on-hold",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "archived": "completed",
}


@dataclass(frozen=True)
class Exports:
    """The four tables, and an account of every row they came from.

    Attributes:
        invoices: one row per Xero document: invoice_no, kind, reference, contact, invoice_date, total_cents, tax_cents
            (Int64), currency, status, file, row, notes.
        jobs: one row per job: job_no, job_name, client, client_order_no, state, state_type, created_on, owner,
            category, file, row.
        xpm_invoices: one row per XPM invoice: invoice_no, job_nos, client, invoice_date, total_cents, ex_tax_cents
            (both Int64), file, row; None when no such export was given.
        clients: one row per client: client, billing_details, status, file, row; None likewise.
        xero_numbers: every number in a Xero file, of rows set aside too: it is in no sense missing from Xero.
        xpm_numbers_set_aside: XPM invoices whose rows could not be used.
    """

    invoices: pd.DataFrame
    jobs: pd.DataFrame
    xpm_invoices: pd.DataFrame | None
    clients: pd.DataFrame | None
    problems: tuple[Problem, ...] = ()
    inputs: tuple[dict, ...] = ()
    assumptions: tuple[str, ...] = ()
    xero_numbers: frozenset[str] = frozenset()
    xpm_numbers_set_aside: frozenset[str] = frozenset()


@dataclass
class _Account:
    """What is said about the input while it is read."""

    problems: list[Problem] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    inputs: dict[tuple[str, str | None], dict] = field(default_factory=dict)

    def open(self, grid: Grid | Unread) -> None:
        role = grid.role if isinstance(grid, Grid) else None
        rows = grid.row_count if isinstance(grid, Grid) else 0
        self.inputs[grid.path, grid.sheet] = {
            "role": role,
            "path": grid.path,
            "sheet": grid.sheet,
            "sha256": grid.sha256,
            "rows": rows,
            "records": 0,
            "folded": 0,
            "set_aside": 0,
            "left_out": 0,
        }

    def count(self, grid: Grid, name: str, rows: int) -> None:
        self.inputs[grid.path, grid.sheet][name] += int(rows)

    def assume(self, sentence: str) -> None:
        self.assumptions[sentence] = None


def read_exports(sources: Iterable[Source], settings: Settings) -> Exports:
    """Read all files into the four tables.

    Raises:
        ReconcileError: a file that cannot be read, a required role that no file has, or dates whose order is unknown;
            all such faults at once.
    """
    account = _Account()
    grids = read_grids(sources, account)
    orders = _date_orders(grids, settings, account)
    of_role = {role: [grid for grid in grids if grid.role == role] for role in ROLE_WORDS}
    invoices, xero_numbers = _invoices(of_role[XERO_INVOICES], orders, account)
    jobs = _jobs(of_role[XPM_JOBS], orders, settings, account)
    xpm_invoices, aside = _xpm_invoices(of_role[XPM_INVOICES], orders, account)
    clients = _clients(of_role[XPM_CLIENTS], orders, account)
    for role, table in ((XERO_INVOICES, invoices), (XPM_JOBS, jobs)):
        if table.empty:
            raise ReconcileError(*_nothing_left(role, of_role[role], account))
    _check_rows(account)
    return Exports(
        invoices,
        jobs,
        xpm_invoices,
        clients,
        tuple(sorted(account.problems, key=Problem.sort_key)),
        tuple(account.inputs.values()),
        tuple(account.assumptions),
        xero_numbers,
        aside,
    )


def read_grids(sources: Iterable[Source], account: _Account | None = None) -> list[Grid]:
    """Open every file; a file or sheet that is not understood becomes a problem as long as the required roles are there.

    Raises:
        ReconcileError: as read_exports says.
    """
    account = account or _Account()
    grids: list[Grid] = []
    faults: list[str] = []
    unread: list[Unread] = []
    for source in sources:
        try:
            sheets = read_sheets(source.path, source.label, source.role)
        except ReconcileError as error:
            faults.extend(error.messages)
            continue
        understood = [sheet for sheet in sheets if isinstance(sheet, Grid)]
        grids.extend(understood)
        for sheet in sheets:
            if isinstance(sheet, Grid):
                account.open(sheet)
                account.problems.extend(sheet.problems)
                account.count(sheet, "set_aside", len(sheet.problems))
                for warning in sheet.warnings:
                    account.problems.append(Problem(sheet.path, sheet.sheet, None, "", "", warning, False))
            elif not sheet.own_output:
                unread.append(sheet)
                whole = not understood
                if source.role:
                    faults.append(f"{sheet.path}: {sheet.reason}.")
                elif whole or sheet.reason != "the sheet is empty":
                    account.open(sheet)
                    account.problems.append(Problem(sheet.path, sheet.sheet, None, "", "", sheet.reason, whole))
    missing = [role for role in (XERO_INVOICES, XPM_JOBS) if not any(grid.role == role for grid in grids)]
    if missing and not faults:
        words = " and no ".join(ROLE_WORDS[role] for role in missing)
        faults.extend(f"{sheet.path}: {sheet.reason}." for sheet in unread)
        faults.append(f"no {words} among the files given. Both are needed; export them and name them, or name their folder.")
    if faults:
        raise ReconcileError(*faults)
    return grids


def _nothing_left(role: str, grids: list[Grid], account: _Account) -> list[str]:
    words = [
        f"{one.file}: row {one.row}: {one.problem}. Found {one.value!r}."
        for one in account.problems
        if one.set_aside and one.row is not None and one.file in {grid.path for grid in grids}
    ]
    names = ", ".join(grid.path for grid in grids)
    what = "none of its rows can be used" if words else "it has a header but no rows"
    return [*words[:20], f"{names}: no {ROLE_WORDS[role]}: {what}. Export it again."]


def _check_rows(account: _Account) -> None:
    """Rows read = records + folded + set aside + left out, or this program has a bug."""
    for one in account.inputs.values():
        assert one["rows"] == one["records"] + one["folded"] + one["set_aside"] + one["left_out"], one


# The order of day and month ----------------------------------------------------------------------------------------


def _date_columns(grid: Grid) -> Iterable[tuple[str, pa.StringArray]]:
    for name, (texts, _) in grid.columns.items():
        if name != "first cell" and column_of(grid.role, name).reads_as == DATE:
            yield name, texts


def _date_orders(grids: list[Grid], settings: Settings, account: _Account) -> dict[tuple[str, str | None], str]:
    """The order of day and month of each grid: proved by itself, else by its system's other files, else as stated.

    Source: contract.md `--date-order`; rules.md section 5.
    """
    faults: list[str] = []
    proved: dict[tuple[str, str | None], str] = {}
    doubtful: dict[tuple[str, str | None], tuple[str, str]] = {}
    for grid in grids:
        key = grid.path, grid.sheet
        evidence = [(name, cells.date_order_evidence(texts)) for name, texts in _date_columns(grid)]
        day = next((one.day_first for _, one in evidence if one.day_first), "")
        month = next((one.month_first for _, one in evidence if one.month_first), "")
        if day and month:
            faults.append(
                f"{grid.path}: dates: days and months are in both orders. Found {day!r} and {month!r}. "
                "Export the file again without opening it in Excel, or mend the dates."
            )
        elif day or month:
            proved[key] = "dmy" if day else "mdy"
        else:
            found = next(((grid.headers[name], one.ambiguous) for name, one in evidence if one.ambiguous), None)
            if found:
                doubtful[key] = found
    if faults:
        raise ReconcileError(*faults)
    return _settled_orders(grids, proved, doubtful, settings, account)


def _settled_orders(
    grids: list[Grid],
    proved: Mapping[tuple[str, str | None], str],
    doubtful: Mapping[tuple[str, str | None], tuple[str, str]],
    settings: Settings,
    account: _Account,
) -> dict[tuple[str, str | None], str]:
    stated = "" if settings.date_order == "auto" else settings.date_order
    orders: dict[tuple[str, str | None], str] = {}
    faults = []
    for grid in grids:
        key = grid.path, grid.sheet
        system = {proved[g.path, g.sheet] for g in grids if SYSTEMS[g.role] == SYSTEMS[grid.role] and (g.path, g.sheet) in proved}
        if key in proved:
            orders[key] = proved[key]
            if stated and stated != proved[key]:
                account.assume(f"{grid.path}: dates read as {proved[key]}, which a day above 12 proves, not as {stated}")
        else:
            orders[key] = next(iter(system)) if len(system) == 1 else stated
            if key in doubtful and not orders[key]:
                column, text = doubtful[key]
                faults.append(
                    f"{grid.path}: column {column!r}: day and month cannot be told apart. Found {text!r}, and no day above "
                    "12 in this file. Say --date-order dmy (Australia, New Zealand, UK) or --date-order mdy (US), "
                    'or date_order = "dmy" under [reading] in reconcile.toml.'
                )
    if faults:
        raise ReconcileError(*faults)
    return orders


# Cells -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Typed:
    """The parsed cells of a grid, and the faults among them.

    Attributes:
        values: column -> one value per row: object texts, int64 ten-thousandths, or datetime64[D].
        faulty: one flag per row: some needed cell of it is at fault.
        faults: (row position, column, raw text, words), for the rows at fault.
        remarks: the same for cells that are only remarkable.
    """

    values: dict[str, np.ndarray]
    codes: dict[str, np.ndarray]
    faulty: np.ndarray
    faults: list[tuple[int, str, str, str]]
    remarks: list[tuple[int, str, str, str]]


def _parse(grid: Grid, order: str, skip: np.ndarray | None = None) -> _Typed:
    """Parse each distinct text of each needed column once.

    Args:
        skip: rows whose cells do not matter (left out), one flag per row.
    """
    values: dict[str, np.ndarray] = {}
    codes_of: dict[str, np.ndarray] = {}
    faulty = np.zeros(len(grid.rows), dtype=bool)
    faults: list[tuple[int, str, str, str]] = []
    remarks: list[tuple[int, str, str, str]] = []
    for name, (texts, codes) in grid.columns.items():
        if name == "first cell":
            continue
        parsed = _parse_texts(column_of(grid.role, name).reads_as, texts, order, grid.separator)
        values[name] = parsed.values[codes] if len(texts) else parsed.values
        codes_of[name] = _same_codes(parsed.values, codes)
        bad = (parsed.faults != "")[codes] if len(texts) else np.zeros(0, dtype=bool)
        if skip is not None:
            bad = bad & ~skip
        for at in np.flatnonzero(bad):
            raw = cells.plain_text(texts[int(codes[at])].as_py())
            faults.append((int(at), name, raw, parsed.faults[codes[at]]))
        faulty |= bad
        for distinct in np.flatnonzero((parsed.remarks != "") & (parsed.faults == "")):
            where = np.flatnonzero(codes == distinct)
            if skip is not None:
                where = where[~skip[where]]
            if len(where):
                more = f", in {len(where)} rows from this one on" if len(where) > 1 else ""
                raw = cells.plain_text(texts[int(distinct)].as_py())
                remarks.append((int(where[0]), name, raw, parsed.remarks[distinct] + more))
    return _Typed(values, codes_of, faulty, faults, remarks)


def _parse_texts(reads_as: str, texts: pa.StringArray, order: str, separator: str) -> cells.Parsed:
    if reads_as in (NUMBER, EXACT):
        return cells.read_identifiers(texts, strip=reads_as == NUMBER)
    if reads_as == MONEY:
        return cells.read_money(texts, decimal_comma=separator == ";")
    if reads_as == DATE:
        return cells.read_dates(texts, order)
    return cells.read_words(texts)


def _same_codes(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """One code per row, equal where the parsed values are equal (` A` and `A` are two texts and may be one number)."""
    merged, _ = pd.factorize(values, use_na_sentinel=False)
    return merged[codes] if len(values) else codes


def _say_faults(grid: Grid, typed: _Typed, account: _Account) -> None:
    for at, name, raw, words in typed.faults:
        account.problems.append(_problem(grid, at, name, raw, words, True))
    for at, name, raw, words in typed.remarks:
        account.problems.append(_problem(grid, at, name, raw, words, False))


def _problem(grid: Grid, at: int, name: str, raw: str, words: str, set_aside: bool) -> Problem:
    header = grid.headers.get(name, "")
    return Problem(grid.path, grid.sheet, int(grid.rows[at]), header, raw[:200], words, set_aside)


def _days(values: np.ndarray) -> pd.Series:
    return pd.Series(values.astype("datetime64[s]"))


def _cents(values: np.ndarray) -> pd.Series:
    """Ten-thousandths to cents, as Int64 with NA where the cell was blank."""
    missing = values == cells.MISSING_MONEY
    return pd.Series(pd.arrays.IntegerArray(cells.to_cents(np.where(missing, 0, values)), missing))


def _text(values: np.ndarray) -> pd.Series:
    return pd.Series(pd.array(pa.array(values, pa.string()), dtype="str"))


# Xero invoices -----------------------------------------------------------------------------------------------------

INVOICE_COLUMNS = (
    "invoice_no kind reference contact invoice_date total_cents tax_cents currency status file row notes".split()
)


def _invoices(grids: list[Grid], orders: Mapping, account: _Account) -> tuple[pd.DataFrame, frozenset[str]]:
    """All Xero files as one table, one row per document; and every number seen in them.

    Source: rules.md section 5; contract.md "Overlapping files".
    """
    tables, numbers = [], set()
    for position, grid in enumerate(grids):
        table, seen = _xero_file(_without_report_rows(grid, account), orders[grid.path, grid.sheet], account)
        tables.append(table.assign(grid=position))
        numbers.update(seen)
    joined = _join_files(pd.concat(tables, ignore_index=True), grids, account)
    return joined[INVOICE_COLUMNS], frozenset(numbers)


def _without_report_rows(grid: Grid, account: _Account) -> Grid:
    """Drop the group and total rows of a Xero report, and give each row the contact or number of its group.

    They are layout, not data, and are not counted as rows.
    """
    if not grid.grouped_by:
        return grid
    first_texts, first_codes = grid.columns["first cell"]
    first = first_texts.to_numpy(zero_copy_only=False)[first_codes] if len(first_texts) else np.array([], dtype=object)
    filled = np.zeros(len(grid.rows), dtype=int)
    positions = {id(codes): codes for _, codes in grid.columns.values()}
    seen = set()
    for name, (texts, codes) in grid.columns.items():
        is_first_cell = name == "first cell" or (texts.equals(first_texts) and np.array_equal(codes, first_codes))
        if is_first_cell or id(codes) in seen:
            continue
        seen.add(id(codes))
        filled += np.array([not cells.is_blank(cells.plain_text(text)) for text in texts.to_pylist()], dtype=int)[codes]
    del positions
    alone = (filled == 0) & np.array([not cells.is_blank(text) for text in first], dtype=bool)
    heads = pd.Series(np.where(alone, first, None), dtype=object)
    total_alone = alone & (first == "Total " + heads[alone].shift().reindex(heads.index).fillna("").astype(object).to_numpy())
    heads = heads.where(~total_alone, None)
    group = heads.ffill().fillna("").to_numpy()
    total = total_alone | (first == "Total") | ((first == "Total " + group) & (group != ""))
    keep = ~(alone | total)
    account.count(grid, "rows", int(keep.sum()) - len(keep))
    columns = {name: (texts, codes[keep]) for name, (texts, codes) in grid.columns.items()}
    headers = dict(grid.headers)
    if grid.grouped_by != "any":
        codes, texts = pd.factorize(group[keep], use_na_sentinel=False)
        columns[grid.grouped_by] = (pa.array(texts, pa.string()), codes)
        headers[grid.grouped_by] = "group row"
    return Grid(**{**grid.__dict__, "rows": grid.rows[keep], "columns": columns, "headers": headers})


def _kinds(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """The kind of each row, and which rows have a word for it that Xero does not write."""
    if "kind" not in grid.columns:
        return np.full(len(grid.rows), INVOICE, dtype=object), np.zeros(len(grid.rows), dtype=bool)
    texts, codes = grid.columns["kind"]
    words = [cells.plain_text(text).strip().casefold() for text in texts.to_pylist()]
    kinds = [
        LEFT_OUT if any(part in word for part in _LEFT_OUT_WORDS) else KINDS.get(word, "") for word in words
    ]
    kind = np.array(kinds, dtype=object)[codes] if len(texts) else np.array([], dtype=object)
    return kind, kind == ""


def _xero_file(grid: Grid, order: str, account: _Account) -> tuple[pd.DataFrame, set[str]]:
    """One Xero file, one row per document: lines folded, disagreeing ones set aside.

    Returns:
        The documents, and every number seen in the file.
    """
    kind, unknown_kind = _kinds(grid)
    left_out = kind == LEFT_OUT
    typed = _parse(grid, order, left_out)
    values = dict(typed.values)
    count = len(grid.rows)
    _say_missing_columns(grid, account)
    faulty = typed.faulty | unknown_kind
    typed.faults.extend((int(at), "kind", _raw(grid, "kind", at), "not a type of document that Xero writes") for at in np.flatnonzero(unknown_kind))
    status, unknown_status = _statuses(grid, count)
    unknown_status &= ~left_out
    faulty |= unknown_status
    typed.faults.extend((int(at), "status", _raw(grid, "status", at), "not a status that Xero writes") for at in np.flatnonzero(unknown_status))
    no_number = (values["invoice_no"] == "") & ~left_out & ~faulty
    faulty |= no_number
    typed.faults.extend((int(at), "invoice_no", "", "no invoice number") for at in np.flatnonzero(no_number))
    if "total" not in values:
        values["total"] = np.full(count, cells.MISSING_MONEY)
    if "kind" not in grid.columns or (grid.columns["kind"][0].to_pylist().count("") and "kind" in grid.columns):
        negative = (kind == INVOICE) & (values["total"] < 0) & (values["total"] != cells.MISSING_MONEY) & _blank_kind(grid, count)
        kind = np.where(negative, CREDIT_NOTE, kind)
    lines = pd.DataFrame(
        {
            "at": np.arange(count),
            "number": typed.codes["invoice_no"],
            "credit": kind == CREDIT_NOTE,
            "reference": typed.codes["reference"],
            "contact": typed.codes["contact"],
            "date": values["invoice_date"].astype("int64") if "invoice_date" in values else 0,
            "status": pd.factorize(status, use_na_sentinel=False)[0],
            "total": values["total"],
        }
    )
    lines["line"] = _line_sums(values, count)
    records, set_aside = _fold_lines(grid, lines[~left_out], faulty, typed, account)
    account.count(grid, "left_out", left_out.sum())
    account.count(grid, "set_aside", set_aside)
    account.count(grid, "records", len(records))
    account.count(grid, "folded", count - int(left_out.sum()) - set_aside - len(records))
    _say_faults(grid, _without_line_remarks(typed), account)
    _say_left_out(grid, left_out, account)
    at = records["at"].to_numpy()
    tax = values["tax_total"][at] if "tax_total" in values and not grid.gross_is_per_line else np.full(len(at), cells.MISSING_MONEY)
    table = pd.DataFrame(
        {
            "invoice_no": _text(values["invoice_no"][at]),
            "kind": _text(kind[at]),
            "reference": _text(values["reference"][at]),
            "contact": _text(values["contact"][at]),
            "invoice_date": _days(values["invoice_date"][at] if "invoice_date" in values else np.full(len(at), cells.NO_DATE)),
            "total_cents": cells.to_cents(records["total"].to_numpy()),
            "tax_cents": _cents(tax),
            "currency": _text(values["currency"][at] if "currency" in values else np.full(len(at), "", dtype=object)),
            "status": _text(status[at]),
            "file": grid.path,
            "row": grid.rows[at],
            "notes": "",
        }
    )
    return table, set(values["invoice_no"]) - {""}


def _blank_kind(grid: Grid, count: int) -> np.ndarray:
    if "kind" not in grid.columns:
        return np.ones(count, dtype=bool)
    texts, codes = grid.columns["kind"]
    return np.array([not text.strip() for text in texts.to_pylist()], dtype=bool)[codes]


def _raw(grid: Grid, name: str, at: int) -> str:
    texts, codes = grid.columns[name]
    return cells.plain_text(texts[int(codes[at])].as_py())


def _say_missing_columns(grid: Grid, account: _Account) -> None:
    if "kind" not in grid.columns:
        account.assume(f"{grid.path}: no Type column: every row taken as a sales invoice, negative totals as credit notes")
    if "status" not in grid.columns:
        account.assume(f"{grid.path}: no Status column: every invoice taken as approved")
    if "invoice_date" not in grid.columns:
        account.assume(f"{grid.path}: no InvoiceDate column: the window (E3) and the locks (E5) cannot be judged")


def _statuses(grid: Grid, count: int) -> tuple[np.ndarray, np.ndarray]:
    if "status" not in grid.columns:
        return np.full(count, "", dtype=object), np.zeros(count, dtype=bool)
    texts, codes = grid.columns["status"]
    if not len(texts):
        return np.array([], dtype=object), np.zeros(0, dtype=bool)
    known = [STATUSES.get(cells.plain_text(text).strip().casefold()) for text in texts.to_pylist()]
    status = np.array(["" if one is None else one for one in known], dtype=object)[codes]
    return status, np.array([one is None for one in known], dtype=bool)[codes]


def _line_sums(values: Mapping[str, np.ndarray], count: int) -> np.ndarray:
    """LineAmount plus TaxAmount of each line in ten-thousandths, MISSING_MONEY where there is neither."""
    parts = [values[name] for name in ("line_amount", "tax_amount") if name in values]
    if len(parts) < 2:
        return np.full(count, cells.MISSING_MONEY)
    present = [part != cells.MISSING_MONEY for part in parts]
    total = sum(np.where(there, part, 0) for there, part in zip(present, parts, strict=True))
    return np.where(present[0] | present[1], total, cells.MISSING_MONEY)


def _without_line_remarks(typed: _Typed) -> _Typed:
    """Line amounts have four decimals as a rule; only a rounded total is worth a word."""
    typed.remarks[:] = [one for one in typed.remarks if one[1] not in ("line_amount", "tax_amount")]
    return typed


def _say_left_out(grid: Grid, left_out: np.ndarray, account: _Account) -> None:
    if not left_out.any():
        return
    texts, codes = grid.columns["kind"]
    counts = pd.Series(codes[left_out]).value_counts()
    words = ", ".join(f"{count} of type {texts[int(code)].as_py().strip()!r}" for code, count in sorted(counts.items()))
    account.problems.append(
        Problem(grid.path, grid.sheet, None, grid.headers["kind"], "", f"rows left out, which are no sales invoices: {words}", False)
    )


def _fold_lines(
    grid: Grid, lines: pd.DataFrame, faulty: np.ndarray, typed: _Typed, account: _Account
) -> tuple[pd.DataFrame, int]:
    """The first line of each document with its total; a document with a fault or a disagreement is set aside whole.

    Returns:
        One row per document: at (position of its first line), total (ten-thousandths); and the count of rows set aside.
    """
    bad = faulty[lines["at"].to_numpy()]
    document = lines.groupby(["number", "credit"], sort=False).ngroup().to_numpy()
    # A row without a number belongs to no document.
    nameless = typed.values["invoice_no"][lines["at"].to_numpy()] == ""
    document = np.where(nameless, -1 - np.arange(len(lines)), document)
    codes, _ = pd.factorize(document, use_na_sentinel=False)
    count = int(codes.max()) + 1 if len(codes) else 0
    first = np.zeros(count, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    bad_documents = np.zeros(count, dtype=bool)
    bad_documents[codes[bad]] = True
    _find_disagreements(grid, lines, codes, first, bad_documents, account)
    total = _document_totals(grid, lines, codes, first, count)
    no_total = (total == cells.MISSING_MONEY) & ~bad_documents
    for one in np.flatnonzero(no_total):
        at = int(lines["at"].iloc[first[one]])
        account.problems.append(_problem(grid, at, "total", "", "no total on any line of this invoice", True))
    bad_documents |= no_total
    kept = np.flatnonzero(~bad_documents)
    set_aside = int(bad_documents[codes].sum())
    _say_pulled_along(grid, lines, codes, bad, bad_documents, typed, account)
    records = pd.DataFrame({"at": lines["at"].to_numpy()[first[kept]], "total": total[kept]})
    return records.sort_values("at", ignore_index=True), set_aside


_COMPARED = {"reference": "Reference", "contact": "contact", "total": "total", "status": "status", "date": "date"}


def _find_disagreements(
    grid: Grid, lines: pd.DataFrame, codes: np.ndarray, first: np.ndarray, bad_documents: np.ndarray, account: _Account
) -> None:
    """Lines of one number that differ where all lines of an invoice are the same: set aside, both rows named."""
    said: set[int] = set()
    for name, word in _COMPARED.items():
        if name == "total" and grid.gross_is_per_line:
            continue
        column = lines[name].to_numpy()
        reference = column[first[codes]]
        differs = column != reference
        if name == "total":
            differs &= (column != cells.MISSING_MONEY) & (reference != cells.MISSING_MONEY)
        for at in np.flatnonzero(differs):
            document = int(codes[at])
            if document in said or bad_documents[document]:
                continue
            said.add(document)
            one, two = int(lines["at"].iloc[first[document]]), int(lines["at"].iloc[at])
            number = _raw(grid, "invoice_no", one).strip()
            account.problems.append(
                _problem(
                    grid,
                    two,
                    {"date": "invoice_date"}.get(name, name),
                    number,
                    f"lines of invoice {number} differ in {word}: rows {grid.rows[one]} and {grid.rows[two]}"
                    + ("; one number on two contacts" if name == "contact" else ""),
                    True,
                )
            )
    bad_documents[list(said)] = True


def _document_totals(
    grid: Grid, lines: pd.DataFrame, codes: np.ndarray, first: np.ndarray, count: int
) -> np.ndarray:
    """Total of each document in ten-thousandths: the repeated Total, else the sum of its lines."""
    column = lines["total"].to_numpy()
    if grid.gross_is_per_line:
        return _sums(column, codes, count)
    total = column[first].copy()
    if (total == cells.MISSING_MONEY).any():
        there = column != cells.MISSING_MONEY
        total[codes[there]] = column[there]
        missing = total == cells.MISSING_MONEY
        total[missing] = _sums(lines["line"].to_numpy(), codes, count)[missing]
    return total


def _sums(column: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    there = column != cells.MISSING_MONEY
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, codes[there], column[there])
    some = np.zeros(count, dtype=bool)
    some[codes[there]] = True
    return np.where(some, sums, cells.MISSING_MONEY)


def _say_pulled_along(
    grid: Grid, lines: pd.DataFrame, codes: np.ndarray, bad: np.ndarray, bad_documents: np.ndarray, typed: _Typed, account: _Account
) -> None:
    """Name the good lines that are set aside since another line of their invoice is at fault."""
    at_fault = set(codes[bad].tolist())
    for at in np.flatnonzero(bad_documents[codes] & ~bad):
        if int(codes[at]) in at_fault:
            position = int(lines["at"].iloc[at])
            number = _raw(grid, "invoice_no", position).strip()
            words = f"set aside with the other rows of invoice {number}, one of which is at fault"
            account.problems.append(_problem(grid, position, "invoice_no", number, words, True))


# Overlapping files -------------------------------------------------------------------------------------------------


def _join_files(table: pd.DataFrame, grids: list[Grid], account: _Account) -> pd.DataFrame:
    """Documents that are in several files once, with the more advanced status; differing ones set aside.

    Source: contract.md "Overlapping files".
    """
    key = ["invoice_no", "kind"]
    repeated = table.duplicated(key, keep=False)
    if not repeated.any():
        return table
    again = table[repeated]
    groups = again.groupby(key, sort=False)
    compared = again.assign(
        currency=again["currency"].where(again["currency"] != ""), tax_cents=again["tax_cents"].astype("Float64")
    ).groupby(key, sort=False)
    differs = pd.Series(False, index=again.index)
    for name in ("contact", "reference", "invoice_date", "total_cents", "tax_cents", "currency"):
        differs |= compared[name].transform("nunique") > 1
    for _, rows in again[differs].groupby(key, sort=False):
        _say_differing(rows, grids, account)
    rank = again["status"].map({status: at for at, status in enumerate(ADVANCE)}).astype("int64")
    best = rank.groupby([again[name] for name in key], sort=False).transform("max")
    table = table.copy()
    changed = again.index[(rank < best) & ~differs]
    first = ~again.duplicated(key)
    places = (again["file"] + " row " + again["row"].astype("str")).where(rank == best)
    place_of_best = places.groupby([again[name] for name in key], sort=False).transform("first")
    upgraded = changed.intersection(again.index[first])
    table.loc[upgraded, "status"] = np.array(ADVANCE, dtype=object)[best[upgraded].to_numpy()]
    table.loc[upgraded, "notes"] = (
        "status " + table.loc[upgraded, "status"] + " as in " + place_of_best[upgraded] + ", which is later than here"
    )
    for name in ("invoice_date", "tax_cents", "currency"):
        known = again[name].where(again[name] != "") if name == "currency" else again[name]
        filled = known.groupby([again[k] for k in key], sort=False).transform("first")
        table.loc[again.index, name] = filled.fillna("") if name == "currency" else filled
    for position, one in table[repeated].assign(aside=differs, first=first).groupby("grid"):
        _move_counts(grids[position], one, account)
    del groups
    keep = ~repeated
    keep[again.index] = first & ~differs
    return table[keep].reset_index(drop=True)


def _move_counts(grid: Grid, rows: pd.DataFrame, account: _Account) -> None:
    """Records that another file holds too are folded; those that differ are set aside."""
    aside, folded = int(rows["aside"].sum()), int((~rows["aside"] & ~rows["first"]).sum())
    account.count(grid, "records", -aside - folded)
    account.count(grid, "set_aside", aside)
    account.count(grid, "folded", folded)


def _say_differing(rows: pd.DataFrame, grids: list[Grid], account: _Account) -> None:
    places = [f"{one.file} row {one.row}" for one in rows.itertuples()]
    names = {
        "contact": "contact",
        "reference": "Reference",
        "invoice_date": "date",
        "total_cents": "total",
        "tax_cents": "tax",
        "currency": "currency",
    }
    words = ", ".join(word for name, word in names.items() if rows[name].replace("", pd.NA).nunique() > 1)
    number = rows["invoice_no"].iloc[0]
    for one in rows.itertuples():
        grid = grids[one.grid]
        account.problems.append(
            Problem(
                grid.path,
                grid.sheet,
                int(one.row),
                grid.headers.get("invoice_no", ""),
                number,
                f"invoice {number} differs in {words} between {' and '.join(places)}",
                True,
            )
        )


# XPM ---------------------------------------------------------------------------------------------------------------


def _rows_of(grids: list[Grid], orders: Mapping, required: str, account: _Account) -> pd.DataFrame:
    """Files of one XPM role as one table of texts, dates and Int64 cents; rows with a fault set aside.

    Returns:
        One row per row of the files that is without fault: its columns, plus file, row, grid and fault (always False).
    """
    tables = []
    for position, grid in enumerate(grids):
        typed = _parse(grid, orders[grid.path, grid.sheet])
        blank = (typed.values[required] == "") & ~typed.faulty
        typed.faults.extend((int(at), required, "", "nothing in this cell") for at in np.flatnonzero(blank))
        faulty = typed.faulty | blank
        _say_faults(grid, typed, account)
        account.count(grid, "set_aside", faulty.sum())
        account.count(grid, "records", (~faulty).sum())
        columns = {}
        for name, values in typed.values.items():
            kind = column_of(grid.role, name).reads_as
            columns[name] = _cents(values) if kind == MONEY else _days(values) if kind == DATE else _text(values)
        table = pd.DataFrame(columns).assign(file=grid.path, row=grid.rows, grid=position, faulty=faulty)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _with_columns(table: pd.DataFrame, texts: Iterable[str], days: Iterable[str] = (), cents: Iterable[str] = ()) -> pd.DataFrame:
    """Add the columns that no file has, empty."""
    table = table.copy()
    for name in texts:
        table[name] = table[name].fillna("") if name in table else pd.Series("", index=table.index, dtype="str")
    for name in days:
        if name not in table:
            table[name] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    for name in cents:
        table[name] = table[name].astype("Int64") if name in table else pd.Series(pd.NA, index=table.index, dtype="Int64")
    return table


def _without_duplicates(table: pd.DataFrame, key: str, grids: list[Grid], account: _Account, *, keep_same: bool) -> pd.DataFrame:
    """Rows of one key once when they are the same in every column, set aside when they differ.

    Args:
        keep_same: whether a repeated row that is the same needs no word (files of one role may overlap).
    """
    repeated = table.duplicated(key, keep=False)
    if not repeated.any():
        return table
    content = [name for name in table.columns if name not in ("file", "row", "grid", "faulty")]
    again = table[repeated]
    same = again.duplicated(content, keep=False)
    first = ~again.duplicated(key)
    distinct = again.assign(same=again.groupby(content, dropna=False, sort=False).ngroup()).groupby(key)["same"].transform("nunique")
    differs = distinct > 1
    for value, rows in again.groupby(key, sort=False):
        places = " and ".join(f"{one.file} row {one.row}" for one in rows.itertuples())
        aside = bool(differs[rows.index[0]])
        if aside or not keep_same:
            for one in rows.itertuples() if aside else list(rows.itertuples())[1:]:
                grid = grids[one.grid]
                words = f"{value} is there {len(rows)} times, and the rows {'differ' if aside else 'are the same'}: {places}"
                account.problems.append(
                    Problem(grid.path, grid.sheet, int(one.row), grid.headers.get(key, ""), value, words, aside)
                )
    del same
    for position, rows in again.assign(aside=differs, first=first).groupby("grid"):
        _move_counts(grids[position], rows, account)
    keep = ~repeated
    keep[again.index] = first & ~differs
    return table[keep].reset_index(drop=True)


JOB_COLUMNS = "job_no job_name client client_order_no state state_type created_on owner category file row".split()


def _jobs(grids: list[Grid], orders: Mapping, settings: Settings, account: _Account) -> pd.DataFrame:
    """The jobs, one row per job number.

    Source: rules.md section 5, "jobs" and state types.
    """
    table = _rows_of(grids, orders, "job_no", account)
    table = table[~table["faulty"]].reset_index(drop=True)
    texts = ("job_name", "state", "manager", "partner", "category")
    table = _with_columns(table, texts, days=("created_on",))
    table = _without_duplicates(table, "job_no", grids, account, keep_same=False)
    for grid in grids:
        if "created_on" not in grid.columns:
            account.assume(f"{grid.path}: no Date Created column: between several jobs the newest is not known (M3)")
    table["owner"] = table["manager"].where(table["manager"] != "", table["partner"])
    table["state_type"] = _state_types(table["state"], settings, account)
    return table[JOB_COLUMNS]


def _state_types(states: pd.Series, settings: Settings, account: _Account) -> pd.Series:
    """The type of each state, by the settings, else by its name; each assumed one said."""
    types = {}
    for state in states.unique():
        name = state.casefold()
        types[state] = settings.states.get(name, STATE_TYPES.get(name, "standard"))
        if name not in settings.states and name not in STATE_TYPES:
            words = f"job state {state!r}" if state else "jobs without a state"
            account.assume(f"{words} taken as Standard")
    return states.map(types).astype("str")


XPM_INVOICE_COLUMNS = "invoice_no job_nos client invoice_date total_cents ex_tax_cents file row".split()


def _xpm_invoices(grids: list[Grid], orders: Mapping, account: _Account) -> tuple[pd.DataFrame | None, frozenset[str]]:
    """The invoices XPM has, one row per number; and the numbers whose rows could not be used."""
    if not grids:
        return None, frozenset()
    table = _rows_of(grids, orders, "invoice_no", account)
    seen = set(table["invoice_no"]) - {""}
    table = table[~table["faulty"]].reset_index(drop=True)
    table = _with_columns(table, ("job_nos", "client"), days=("invoice_date",), cents=("total", "ex_tax"))
    table = _without_duplicates(table, "invoice_no", grids, account, keep_same=True)
    table = table.rename(columns={"total": "total_cents", "ex_tax": "ex_tax_cents"})
    return table[XPM_INVOICE_COLUMNS], frozenset(seen - set(table["invoice_no"]))


def _clients(grids: list[Grid], orders: Mapping, account: _Account) -> pd.DataFrame | None:
    """The clients, one row per name."""
    if not grids:
        return None
    table = _rows_of(grids, orders, "client", account)
    table = table[~table["faulty"]].reset_index(drop=True)
    table = _with_columns(table, ("billing_details", "status"))
    table = _without_duplicates(table, "client", grids, account, keep_same=True)
    return table[["client", "billing_details", "status", "file", "row"]]
