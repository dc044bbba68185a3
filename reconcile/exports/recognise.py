"""What a grid of cells is: its role, its header row and the place of each column; or why it is not understood.

Only the standard library is used here: the child process that opens workbooks recognises too, so that it hands over
no more than the columns that are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconcile.exports.columns import (
    LINE_HEADERS,
    ROLE_WORDS,
    XERO_INVOICES,
    XPM_CLIENTS,
    XPM_INVOICES,
    XPM_JOBS,
    columns_of,
    header_forms,
    plain_header,
)

HEADER_ROWS = (
    20  # how far down a header is looked for (rules.md section 5: seen on rows 1, 4, 5 and 6)
)
SAMPLE_ROWS = 200  # how many rows are looked at to tell a broken layout

# Asked in this order: an XPM invoices export may hold job columns, and a jobs export client columns.
_ROLES = (XPM_INVOICES, XERO_INVOICES, XPM_JOBS, XPM_CLIENTS)
OWN_OUTPUT = "own output"
_OWN_HEADERS = (
    {"if_resynced_place", "belongs_job_no"},
    {"state_type", "role", "finding"},
    {"fix_id", "what_to_do"},
    {"belongs", "certainty", "tonight"},
    {"practice", "state", "at_risk", "folder_of_results"},
)

_XPM_LAYOUT_WORDS = (
    "In XPM's Report Builder open the report, choose Layout, {}, then export it again."
)


@dataclass(frozen=True)
class Layout:
    """Where the columns of an understood grid are. Rows and positions count from 0 within the rows given.

    `titles` are the rows above the header, each as one text, blank ones left out.
    """

    role: str
    header_at: int
    columns: dict[str, int]
    headers: dict[str, str]
    width: int = 0
    grouped_by: str = ""
    gross_is_per_line: bool = False
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotUnderstood:
    """A grid of no known role: the headers found, the nearest role and the columns that are missing for it."""

    headers: tuple[str, ...]
    nearest: str
    missing: tuple[str, ...]

    def sentence(self) -> str:
        """What is wrong and what to do, for people."""
        if not self.headers:
            return "no header row in its first 20 rows. Export it again with the column headings"
        found = ", ".join(self.headers[:12]) + (", ..." if len(self.headers) > 12 else "")
        if not self.nearest:
            return f"not understood: no export of Xero or XPM that this program reads. Headers found: {found}"
        missing = ", ".join(self.missing)
        return (
            f"not understood. Headers found: {found}. Nearest to {ROLE_WORDS[self.nearest]}, but without {missing}. "
            "Export it again with these columns, or leave the file out"
        )


@dataclass(frozen=True)
class Refused:
    """A grid of a known role whose layout cannot be read rightly: half reading it would lose rows."""

    role: str
    reason: str


def recognise(rows: Sequence[Sequence[str]], role: str = "") -> Layout | NotUnderstood | Refused:
    """Find the header among the first rows and say what the grid is.

    Args:
        rows: the first rows of the grid, at least HEADER_ROWS and at best SAMPLE_ROWS of them, cells as text.
        role: what the user says that the file is; empty to find out.

    Source: rules.md section 5.
    """
    roles = (role,) if role else _ROLES
    for at, cells in enumerate(rows[:HEADER_ROWS]):
        if _is_own_output(cells):
            return Layout(OWN_OUTPUT, at, {}, {})
        for candidate in roles:
            if _is_header_of(candidate, cells):
                return _check_layout(candidate, at, rows)
    return _not_understood(rows, roles)


def _is_own_output(cells: Sequence[str]) -> bool:
    found = {cell.strip().casefold().replace(" ", "_") for cell in cells}
    return any(headers <= found for headers in _OWN_HEADERS)


def _find_columns(role: str, cells: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """The position of each column of the role, and the headers that occur twice."""
    places: dict[tuple[str, str], list[int]] = {}
    for position, cell in enumerate(cells):
        if cell.strip():
            places.setdefault(plain_header(cell), []).append(position)
    found: dict[str, int] = {}
    doubled: list[str] = []
    taken: set[int] = set()
    for column in columns_of(role):
        for form in header_forms(column):
            if form in places and places[form][0] not in taken:
                found[column.name] = places[form][0]
                taken.add(places[form][0])
                if len(places[form]) > 1:
                    doubled.append(cells[places[form][0]].strip())
                break
    return found, doubled


def _missing(role: str, found: dict[str, int], cells: Sequence[str]) -> list[str]:
    """The headers a role still needs."""
    missing = [
        column.headers[0]
        for column in columns_of(role)
        if column.required and column.name not in found
    ]
    if role == XERO_INVOICES:
        # A report groups its rows by contact or, in Detail, by invoice number: that one column may be absent.
        absent = {"contact", "invoice_no"} - found.keys()
        if len(absent) == 1 and "reference" in found and _is_report(cells):
            missing = [
                header for header in missing if header not in ("ContactName", "InvoiceNumber")
            ]
        if "total" not in found and not {"line_amount", "tax_amount"} <= found.keys():
            missing.append("Total")
    if role == XPM_CLIENTS:
        plain = {plain_header(cell) for cell in cells}
        if ("", "invoicenumber") in plain or any(table in ("job", "invoice") for table, _ in plain):
            missing.append("a list of clients alone")
        if "billing_details" not in found and not (
            "status" in found and any(table == "client" for table, _ in plain)
        ):
            missing.append("[Client] Billing Details")
    return missing


def _is_report(cells: Sequence[str]) -> bool:
    """A Xero report: it says Gross where the CSV export says Total."""
    return any(plain_header(cell)[1] == "gross" for cell in cells)


def _is_header_of(role: str, cells: Sequence[str]) -> bool:
    found, _ = _find_columns(role, cells)
    return bool(found) and not _missing(role, found, cells)


def _check_layout(role: str, at: int, rows: Sequence[Sequence[str]]) -> Layout | Refused:
    header = rows[at]
    found, doubled = _find_columns(role, header)
    totalled = [cell.strip() for cell in header if "(totalled)" in cell.casefold()]
    if totalled:
        return Refused(
            role,
            f"column {totalled[0]!r} is a total over several records, so the rows are no single records. "
            "In XPM's Report Builder choose the column without (Totalled), then export it again.",
        )
    if doubled:
        names = ", ".join(repr(name) for name in doubled)
        return Refused(
            role, f"column {names} is there twice, and they may differ. Remove one of them."
        )
    if role != XERO_INVOICES:
        broken = _broken_layout(rows[at + 1 :], len(header))
        if broken:
            return Refused(role, broken)
    headers = {name: header[position].strip() for name, position in found.items()}
    titles = tuple(
        filter(None, (" ".join(cell.strip() for cell in row if cell.strip()) for row in rows[:at]))
    )
    return Layout(
        role, at, found, headers, len(header), *_report_form(role, at, found, rows), titles
    )


def _report_form(
    role: str, at: int, found: dict[str, int], rows: Sequence[Sequence[str]]
) -> tuple[str, bool]:
    """Which column the group rows of a Xero report stand for, and whether its Gross is per line."""
    if role != XERO_INVOICES:
        return "", False
    header = rows[at]
    per_line = False
    if plain_header(header[found["total"]])[1] == "gross" if "total" in found else False:
        titles = " ".join(cell for row in rows[:at] for cell in row).casefold()
        fields = {plain_header(cell)[1] for cell in header}
        per_line = "detail" in titles or bool(
            fields & {plain_header(name)[1] for name in LINE_HEADERS}
        )
    if "contact" not in found:
        return "contact", per_line
    if "invoice_no" not in found:
        return "invoice_no", per_line
    return ("any" if at > 0 and _is_report(header) else ""), per_line


def _broken_layout(rows: Sequence[Sequence[str]], width: int) -> str:
    """Tell the two layouts of XPM's Report Builder that spread one record over several rows."""
    filled = [
        [position for position, cell in enumerate(row) if cell.strip()]
        for row in rows[:SAMPLE_ROWS]
    ]
    filled = [positions for positions in filled if positions]
    singles = [positions for positions in filled if len(positions) == 1]
    others = [positions for positions in filled if len(positions) > 1]
    if not singles or not others:
        return ""
    if all(positions[0] > 0 for positions in others) and all(
        positions == [0] for positions in singles
    ):
        words = _XPM_LAYOUT_WORDS.format('switch off "Group by the first field"')
        return f"the report is grouped by its first field, which stands on rows of its own. {words}"
    after_records = all(
        positions == [0] and at > 0 and len(filled[at - 1]) > 1
        for at, positions in enumerate(filled)
        if len(positions) == 1
    )
    if width > 3 and after_records and not any(width - 1 in positions for positions in others):
        words = _XPM_LAYOUT_WORDS.format('switch off "Show the last field on the next line"')
        return f"each record's last field stands on the next line. {words}"
    return ""


def _not_understood(rows: Sequence[Sequence[str]], roles: Sequence[str]) -> NotUnderstood:
    best: tuple[int, str, int] = (0, "", -1)
    for at, cells in enumerate(rows[:HEADER_ROWS]):
        for role in roles:
            score = len(_find_columns(role, cells)[0])
            if score > best[0]:
                best = (score, role, at)
    score, role, at = best
    if score < 1:
        role = roles[0] if len(roles) == 1 else ""
        at = _likeliest_header(rows)
    if at < 0:
        return NotUnderstood((), "", ())
    headers = tuple(cell.strip() for cell in rows[at] if cell.strip())
    if not role:
        return NotUnderstood(headers, "", ())
    found, _ = _find_columns(role, rows[at])
    return NotUnderstood(headers, role, tuple(_missing(role, found, rows[at])))


def _likeliest_header(rows: Sequence[Sequence[str]]) -> int:
    """The first row of the first twenty that is all words, each different, and at least two of them; -1 for none."""
    for at, cells in enumerate(rows[:HEADER_ROWS]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        wordy = [
            cell
            for cell in filled
            if any(letter.isalpha() for letter in cell) and not cell[0].isdigit()
        ]
        if len(filled) >= 2 and len(set(filled)) == len(filled) and len(wordy) >= len(filled) * 0.8:
            return at
    return -1
