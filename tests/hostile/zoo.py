"""A small practice with nothing wrong, and what is done to one file of it: an animal of the zoo, with what is expected.

    make((animal,), folder / "in")                             # the practice's files, one of them bad
    surprises((animal,), ended, folder, before, healthy)  -->  what is other than expected, and every harm

The animals stand in zoo_texts.py, zoo_books.py and zoo_cells.py; test_zoo.py runs each, zoo_run.py prints a table.
Each ends in a named refusal (exit 2), or in a run that lists the problem (exit 20), or is read right: as the healthy
practice, or with what is odd in it to the letter, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from hostile.unharmed import REFUSED as REFUSED_CODE
from hostile.unharmed import SET_ASIDE, TO_DO, Ended, Known, Results, harm, verdicts
from hostile.zoo_parts import book_parts
from made.files import (
    XERO_44,
    client,
    job,
    let_rest,
    save,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)

# The healthy practice ------------------------------------------------------------------------------------------------


def _invoice(
    number: str, contact: str, reference: str, day: str, total: str, **more: str
) -> dict[str, str]:
    tax = f"{float(total) / 11:.2f}"
    return xero_line(
        InvoiceNumber=number,
        ContactName=contact,
        Reference=reference,
        InvoiceDate=day,
        DueDate=day,
        Total=total,
        TaxTotal=tax,
        **more,
    )


INVOICES = (
    _invoice(
        "INV-0001",
        "Acme Pty Ltd",
        "CLI-1001",
        "13/10/2026",
        "110.00",
        Description="Monthly fee, October",
    ),
    _invoice(
        "INV-0002",
        "Café Marmalade",
        "CLI-1002",
        "20/10/2026",
        "220.00",
        Description="Bookkeeping\r\nand payroll",
    ),
    _invoice(
        "INV-0002", "Café Marmalade", "CLI-1002", "20/10/2026", "220.00", Description="Returns"
    ),
    _invoice("INV-0003", "Zenith Dental", "PROP-2003", "05/11/2026", "330.00"),
    _invoice("INV-0004", "Nguyen, Thi Lan", "", "18/11/2026", "440.00"),
    _invoice("INV-0005", "Acme Pty Ltd", "CLI-1001", "19/11/2026", "55.55", Status="Draft"),
    _invoice("INV-0006", "Zenith Dental", "prop 2003", "06/11/2026", "660.00"),
    _invoice("INV-0007", "O'Brien & Sons", "CLI-1005", "22/11/2026", "77.77"),
    _invoice(
        "CN-0001", "Acme Pty Ltd", "CLI-1001", "09/11/2026", "-33.00", Type="Sales credit note"
    ),
)
JOBS = (
    job(),
    job(job_no="J000002", name="Payroll", client="Café Marmalade", client_order_no="CLI-1002"),
    job(
        job_no="J000003",
        name="Advice",
        client="Zenith Dental",
        client_order_no="PROP-2003",
        date_created="02-Nov-2026",
    ),
    job(job_no="J000004", name="Returns", client="Nguyen, Thi Lan", client_order_no="CLI-1004"),
    job(job_no="J000005", name="Returns", client="O'Brien & Sons", client_order_no="CLI-1005"),
    job(
        job_no="J000006",
        name="Old advice",
        client="Zenith Dental",
        client_order_no="",
        state="Completed",
    ),
)
XPM_INVOICES = (
    xpm_invoice(),
    xpm_invoice(
        invoice_no="INV-0002",
        job_number_s="J000002",
        client="Café Marmalade",
        amount_incl_tax="220.00",
        amount="200.00",
    ),
    xpm_invoice(
        invoice_no="INV-0003",
        job_number_s="",
        client="Zenith Dental",
        amount_incl_tax="330.00",
        amount="300.00",
    ),
    xpm_invoice(
        invoice_no="INV-0006",
        job_number_s="",
        client="Zenith Dental",
        amount_incl_tax="660.00",
        amount="600.00",
    ),
)
CLIENTS = tuple(client(client=row["[Client] Client"]) for row in JOBS[:5])

HEADERS = {
    "invoices": list(XERO_44),
    "jobs": list(JOBS[0]),
    "xpm": list(XPM_INVOICES[0]),
    "clients": list(CLIENTS[0]),
}
ROWS = {"invoices": INVOICES, "jobs": JOBS, "xpm": XPM_INVOICES, "clients": CLIENTS}
DAY_COLUMNS = ("InvoiceDate", "DueDate", "[Job] Date Created", "[Invoice] Date")
MONEY_COLUMNS = ("Total", "TaxTotal", "[Invoice] Amount", "[Invoice] Amount (incl tax)")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def rows_of(
    what: str, change: Mapping[int, Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The rows of a file of the practice, some of them (from 0) changed by header."""
    rows: list[dict[str, Any]] = [dict(row) for row in ROWS[what]]
    for at, changes in (change or {}).items():
        rows[at] |= changes
    return rows


def text_of(what: str, change: Mapping[int, Mapping[str, str]] | None = None, **form: Any) -> str:
    """A file of the practice as CSV."""
    rows = rows_of(what, change)
    return xero_csv(*rows, **form) if what == "invoices" else xpm_csv(*rows, **form)


def grid_of(what: str, change: Mapping[int, Mapping[str, Any]] | None = None) -> list[list[Any]]:
    """A file of the practice as the cells of a sheet, header first: real dates and numbers; what is changed is as given."""
    grid: list[list[Any]] = [list(HEADERS[what])]
    for at, row in enumerate(rows_of(what)):
        cells = {name: _typed(name, text) for name, text in row.items()} | dict(
            (change or {}).get(at, {})
        )
        grid.append([cells.get(name) for name in HEADERS[what]])
    return grid


def _typed(name: str, text: str) -> Any:
    if name in DAY_COLUMNS:
        day, month, year = text.replace("-", "/").split("/")
        return date(
            int(year), _MONTHS.index(month) + 1 if month in _MONTHS else int(month), int(day)
        )
    return float(text) if name in MONEY_COLUMNS else text or None


def parts_of(what: str, change: Mapping[int, Mapping[str, Any]] | None = None) -> dict[str, bytes]:
    """A file of the practice as the parts of a workbook."""
    return book_parts(grid_of(what, change), what.capitalize())


def write_practice(folder: Path) -> None:
    """Write the healthy practice."""
    folder.mkdir(parents=True, exist_ok=True)
    for what in ROWS:
        save(folder / f"{what}.csv", text_of(what))


def cents_in(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The total of each invoice in cents, by its number."""
    return {row["InvoiceNumber"]: round(float(row["Total"]) * 100) for row in rows}


# Animals -------------------------------------------------------------------------------------------------------------

# Refused for what is found out only when every file could be opened, or by what the practice lacks: not told beside others.
ALONE = frozenset(
    "styles-lost the-jobs-on-a-hidden-sheet the-jobs-on-a-very-hidden-sheet merged-header-of-a-needed-column "
    "sheet-header-on-row-25 json-named-csv half-a-download header-alone-invoices header-alone-jobs cut-in-the-header "
    "cut-in-a-byte-of-the-header encoding-ebcdic pipes a-comma-at-the-end-of-rows-alone header-on-row-25 no-header-jobs "
    "bills-alone a-sum-beyond-64-bits".split()
)

REFUSED, LISTED, RIGHT = "refused", "listed", "right"
Change = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Animal:
    """One bad file in the practice.

    Attributes:
        file: what it is called; it replaces the file of the same name without its ending, where there is one.
        content: makes its bytes; or, given the path, puts there what is no file.
        expected: refused, listed or right. words: what must be said of it; for `right` the problem that costs no row.
        lost: the numbers (of its ledger) that are set aside. aside: how many of its rows are.
        changes: what the ledger has of a number other than of the healthy practice: number -> column -> value.
        shift: how much further down its rows are.
        rows, cents: what is in it, where that is not what the healthy file has.
        paths: what is named on the command line. bound: by the permissions of files. posix: needs POSIX.
        formats: what is written.
    """

    name: str
    file: str
    content: Callable[..., str | bytes | None]
    expected: str
    words: str = ""
    lost: tuple[str, ...] = ()
    aside: int | None = None
    changes: Change = field(default_factory=dict)
    shift: int = 0
    rows: int | None = None
    cents: Mapping[str, int] | None = None
    paths: tuple[str, ...] = ("in",)
    bound: bool = False
    posix: bool = False
    formats: str = "json"

    @property
    def what(self) -> str:
        """Which file of the practice it is: invoices, jobs, xpm or clients; another where it is beside these."""
        return self.file.split(".")[0]

    @property
    def is_as_healthy(self) -> bool:
        """Whether the whole ledgers have to be those of the healthy practice."""
        return self.expected == RIGHT and not self.changes

    @property
    def is_sociable(self) -> bool:
        """Whether it is refused by what is in its file, and so beside others as well."""
        of_practice = self.what in ROWS and self.paths == ("in",) and not (self.posix or self.bound)
        return self.expected == REFUSED and of_practice and self.name not in ALONE

    def put(self, folder: Path) -> None:
        """Put it in place of the healthy file."""
        if self.what in ROWS:
            (folder / f"{self.what}.csv").unlink(missing_ok=True)
        content = self.content(folder / self.file) if self.posix else self.content()
        if content is not None:
            save(folder / self.file, content)

    def known(self) -> Known:
        """What is in it, by writing it."""
        cents = cents_in(INVOICES) if self.what == "invoices" else {}
        return Known(
            len(ROWS[self.what]) if self.rows is None else self.rows,
            cents if self.cents is None else self.cents,
        )


Cage = tuple[Animal, ...]


def apart(cage: Cage) -> Cage:
    """Several animals that are refused, each in a file of its own name."""
    if len(cage) < 2 or cage[0].expected != REFUSED:
        return cage
    return tuple(
        replace(animal, file=f"{animal.what}.{at}{Path(animal.file).suffix}")
        for at, animal in enumerate(cage)
    )


def make(cage: Cage, folder: Path) -> None:
    """Write the practice with these animals in it."""
    write_practice(folder)
    for animal in cage:
        animal.put(folder)
    let_rest(folder)


def cages(animals: Iterable[Animal], crowd: int = 8) -> list[Cage]:
    """Put animals together, which halves what they cost; RECONCILE_TESTS=full and zoo_run.py run each alone.

    Of those that are read two at most are together, in files of different roles, and both or neither leave the ledgers as they
    are: so each can be told by itself. Of those that are refused by what is in their files, so many as a crowd: a refusal tells
    of every file.
    """
    alone: list[Cage] = []
    waiting: dict[tuple[bool, str], list[Animal]] = {}
    refused = [animal for animal in animals if animal.is_sociable]
    alone += [tuple(refused[at : at + crowd]) for at in range(0, len(refused), crowd)]
    for animal in animals:
        if animal.is_sociable:
            continue
        if animal.expected == REFUSED or animal.posix or animal.what not in ROWS:
            alone.append((animal,))
            continue
        group = waiting.setdefault((animal.is_as_healthy, animal.formats), [])
        mate = next((one for one in group if one.what != animal.what), None)
        if mate is None:
            group.append(animal)
        else:
            group.remove(mate)
            alone.append((mate, animal))
    return alone + [(animal,) for group in waiting.values() for animal in group]


# What is expected ----------------------------------------------------------------------------------------------------

_PLACES = ("file", "row", "fix", "notes")
_FACTS = {
    "invoices": ("reference", "contact", "invoice_date", "total", "currency", "status"),
    "jobs": ("job_name", "client", "client_order_no", "state", "state_type", "owner"),
}


def surprises(
    cage: Cage, ended: Ended, folder: Path, before: Mapping[str, bytes], healthy: Results
) -> list[str]:
    """What is other than expected of some animals in one run, and every harm that they did.

    Args:
        before: kept_in(folder), before the run.
        healthy: what the same run gives for the healthy practice.
    """
    found = harm(ended, folder, before, _known(cage))
    expected = {animal.expected for animal in cage}
    code = REFUSED_CODE if REFUSED in expected else SET_ASIDE if LISTED in expected else TO_DO
    if ended.code != code:
        return [
            *found,
            f"exit code {ended.code}, and {code} was expected: {ended.said.strip()[:700]}",
        ]
    if ended.code == REFUSED_CODE:
        return [*found, *_other_refusals(cage, ended)]
    results = Results.read(folder)
    for animal in cage:
        found += _other_problems(animal, results)
    blamed = {one["file"] for one in results.fixlist["problems"] if one["set_aside"]} - {
        animal.file for animal in cage
    }
    return [
        *found,
        *(f"{name} is blamed" for name in sorted(blamed)),
        *_other_ledgers(cage, results, healthy),
    ]


def _known(cage: Cage) -> dict[str, Known]:
    """What is in each file, by writing it."""
    known = {
        f"{what}.csv": Known(len(rows), cents_in(rows) if what == "invoices" else {})
        for what, rows in ROWS.items()
    }
    for animal in cage:
        if animal.what in ROWS:
            known.pop(f"{animal.what}.csv", None)
            known[animal.file] = animal.known()
    return known


def _other_refusals(cage: Cage, ended: Ended) -> Iterator[str]:
    lines = [line for line in ended.said.splitlines() if line.startswith("error: ")]
    for animal in cage:
        if not any(animal.words in line and animal.file in line for line in lines):
            yield f"{animal.words!r} is not said of {animal.file}: {ended.said.strip()[:700]}"


def _other_problems(animal: Animal, results: Results) -> Iterator[str]:
    of_file = [one for one in results.fixlist["problems"] if one["file"] == animal.file]
    costs_rows = animal.expected == LISTED
    told = [one["problem"] for one in of_file if one["set_aside"] == costs_rows]
    if animal.words and not any(animal.words in words for words in told):
        yield f"{animal.words!r} is not among the problems: {of_file}"
    if not animal.words and told:
        yield f"nothing was to be said, and is: {told}"
    aside = sum(one["set_aside"] for one in results.fixlist["inputs"] if one["path"] == animal.file)
    wanted = (
        animal.aside if animal.aside is not None else max(1, len(animal.lost)) if costs_rows else 0
    )
    if aside != wanted:
        yield f"{aside} rows are set aside, and {wanted} were to be: {of_file}"


def _other_ledgers(cage: Cage, results: Results, healthy: Results) -> Iterator[str]:
    """What differs from the healthy ledgers, but for what is lost or changed as expected."""
    untouched = all(animal.is_as_healthy for animal in cage)
    for what in ("invoices", "jobs"):
        here, there = verdicts(getattr(results, what)), verdicts(getattr(healthy, what))
        animal = next((one for one in cage if one.what == what), None)
        lost = set(animal.lost) if animal else set()
        if here.keys() != there.keys() - lost:
            yield f"{what}.csv has {sorted(here.keys() ^ (there.keys() - lost))} too many or too few"
        for number in here.keys() & there.keys():
            names = (
                [name for name in there[number] if name not in _PLACES]
                if untouched
                else _FACTS[what]
            )
            wanted = {name: there[number][name] for name in (*names, "file", "row")}
            if animal:
                wanted |= {
                    "file": animal.file,
                    "row": str(int(wanted["row"]) + animal.shift),
                    **animal.changes.get(number, {}),
                }
            for name, value in wanted.items():
                if here[number][name] != value:
                    yield f"{what}.csv: {number}: {name} is {here[number][name][:80]!r} and not {value[:80]!r}"
