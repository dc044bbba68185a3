"""Write a made-up practice of any size, as the exports of Xero and XPM would show it.

    python make_practice.py LINES DIR

DIR gets `invoices.csv` (Xero sales invoices, one row per line), `jobs.csv` and `xpm_invoices.csv` (XPM Report Builder),
and `control.json`, which says what is in them: how many invoices, their sum, and each faulty invoice with its cause.

97 of 100 invoices are right: XPM has them on the job whose Client Order No. equals their Reference. The others each
have one fault (see FAULTS). The same LINES and seed give the same bytes.

Source: rules.md section 5 (forms of the exports), section 4 (causes).
"""

import argparse
import csv
import itertools
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

AS_OF = date(2026, 11, 20)
FIRST_DAY = date(2025, 9, 20)  # fourteen months before AS_OF
LINES_PER_INVOICE = {1: 0.35, 2: 0.30, 3: 0.15, 4: 0.10, 5: 0.10}  # 2.3 on average
INVOICES_PER_JOB = 4
FAULTY_SHARE = 0.03
LINES_PER_WRITE = 200_000

# Xero's header in Xero's order: the older generation (no SA* columns) without four of the PO* columns.
INVOICE_FIELDS = (
    "ContactName", "EmailAddress", "POAddressLine1", "POCity", "POPostalCode", "POCountry", "InvoiceNumber",
    "Reference", "InvoiceDate", "DueDate", "PlannedDate", "Total", "TaxTotal", "InvoiceAmountPaid",
    "InvoiceAmountDue",
)  # fmt: skip
LINE_FIELDS = (
    "InventoryItemCode", "Description", "Quantity", "UnitAmount", "Discount", "LineAmount", "AccountCode", "TaxType",
    "TaxAmount", "TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2",
)  # fmt: skip
CLOSING_FIELDS = ("Currency", "Type", "Sent", "Status")

# What goes wrong, and the cause that rules.md section 4 gives it. "not in XPM" is T16, T28 or T24 by its age.
FAULTS = {
    "job without order number": "T6",
    "blank reference": "T1",
    "unknown reference": "T2",
    "near miss": "T3",
    "job not Standard": "T4",
    "grouping changed": "T7",
    "proposal renewed": "T8",
    "another client's reference": "T9",
    "contact named otherwise": "T10",
    "not in XPM": "T16",
    "edited after import": "T17",
    "not approved": "T20",
    "voided, still in XPM": "T22",
    "on the wrong job": "T26",
    "on the client": "T27",
}
ON_CLIENT = [
    kind for kind, cause in FAULTS.items() if cause not in ("T16", "T17", "T20", "T22", "T26")
]

STATES = {
    "In Progress": 0.55,
    "Planned": 0.15,
    "05. Info complete": 0.15,
    "Completed": 0.12,
    "On Hold": 0.03,
}
NOT_STANDARD = ("Completed", "On Hold")
MANAGERS = (
    "A. Nguyen",
    "B. Kowalski",
    "C. Okafor",
    "D. Murray",
    "E. Rossi",
    "F. Patel",
    "G. Lindqvist",
)
SERVICES = (
    "Annual accounts and tax return", "Bookkeeping", "BAS preparation", "Payroll", "Advisory meeting",
    "Company secretarial", "Trust distribution minutes", "Super fund audit liaison", "Xero subscription",
    "Tax planning",
)  # fmt: skip
FIRST_WORDS = (
    "Acacia", "Banksia", "Bluegum", "Boronia", "Brolga", "Cedar", "Coolabah", "Coral", "Currawong", "Dingo", "Emu",
    "Fernvale", "Galah", "Grevillea", "Harbour", "Ironbark", "Jacaranda", "Jarrah", "Karri", "Kestrel", "Kookaburra",
    "Lorikeet", "Magpie", "Mallee", "Melaleuca", "Myrtle", "Northside", "Outback", "Pelican", "Quandong", "Redgum",
    "Rosella", "Saltbush", "Southern", "Tallowood", "Waratah", "Wattle", "Wombat", "Yabby", "Yarra",
)  # fmt: skip
SECOND_WORDS = (
    "Automotive", "Bakery", "Brewing", "Building", "Cabinets", "Catering", "Cleaning", "Concreting", "Dental",
    "Design", "Earthmoving", "Electrical", "Engineering", "Fencing", "Fitness", "Florists", "Freight", "Joinery",
    "Landscapes", "Logistics", "Marine", "Media", "Motors", "Nursery", "Optical", "Painting", "Pastoral", "Pharmacy",
    "Physio", "Plumbing", "Roofing", "Security", "Surveying", "Tiling", "Timber", "Transport", "Travel", "Upholstery",
    "Vineyards", "Welding",
)  # fmt: skip
FORMS = (
    "{} {} Pty Ltd", "{} {} Unit Trust", "{} {} & Sons", "The {} {} Family Trust", "{} {} (Aust) Pty Ltd",
    "{} {} Super Fund", "{1}, {0}", "{} {} Services Pty Ltd", "{} {} Group", "{} {} Co-operative",
    "{} {} No. 2 Pty Ltd", "{} {} Investments", "{} {} Nominees Pty Ltd", "{} {} Partnership", "{} {} Properties",
    "{} {} Consulting", "{} {} Trading Co", "O'{} {} Pty Ltd", "{} {} Holdings Pty Ltd", "{} {} Australia",
)  # fmt: skip
TOWNS = (
    ("Bendigo", "3550"),
    ("Cairns", "4870"),
    ("Dubbo", "2830"),
    ("Hobart", "7000"),
    ("Perth", "6000"),
    ("Darwin", "0800"),
)


def quoted(text: str) -> str:
    """Quote a CSV cell where it needs it."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def written(values: np.ndarray, form: Callable[..., str]) -> np.ndarray:
    """Turn each value into text, working out every distinct value once."""
    distinct, places = np.unique(values, return_inverse=True)
    return np.array([form(value) for value in distinct.tolist()], dtype=object)[places]


def xero_money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}00"


def xpm_money(cents: int) -> str:
    return quoted(f"{cents // 100:,}.{cents % 100:02d}")


def xero_date(day: int) -> str:
    written_on = date.fromordinal(day)
    return f"{written_on.day}/{written_on:%m/%Y}"


def xpm_date(day: int) -> str:
    return f"{date.fromordinal(day):%d-%b-%Y}"


def name_clients(rng: np.random.Generator, count: int) -> np.ndarray:
    """Give each client a name that no other client has."""
    pairs = list(itertools.product(FIRST_WORDS, SECOND_WORDS))
    names = [form.format(*pair) for form in FORMS for pair in pairs]
    rounds = -(-count // len(names))
    every_name = names + [f"{name} {number}" for number in range(3, rounds + 2) for name in names]
    return np.array(every_name, dtype=object)[rng.permutation(len(every_name))[:count]]


def draw_jobs(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Draw the jobs: one row per job.

    Every second client has one job, every second has two. A client with one job is grouped by client (CLI) or by
    proposal (PROP); a client with two has a proposal for each.

    Returns:
        job_no, client, client_at (its number among the clients), single, client_order_no, state, standard, all_standard
        (of the client's jobs), created (ordinal day, before the first invoice).

    Source: rules.md G1, G2, M4.
    """
    jobs_of_client = np.tile([1, 2], count // 3 + 1)
    client_at = np.repeat(np.arange(len(jobs_of_client)), jobs_of_client)[:count]
    names = name_clients(rng, int(client_at[-1]) + 1)
    at = np.arange(count)
    single = np.bincount(client_at)[client_at] == 1
    by_client = single & (client_at % 5 < 3)
    state = rng.choice(list(STATES), size=count, p=list(STATES.values())).astype(object)
    standard = ~np.isin(state, NOT_STANDARD)
    return pd.DataFrame(
        {
            "job_no": [f"J{n:06d}" for n in at + 1],
            "client": names[client_at],
            "client_at": client_at,
            "single": single,
            "client_order_no": np.where(
                by_client, [f"CLI-{n}" for n in at + 10_001], [f"PROP-{n}" for n in at + 100_001]
            ),
            "state": state,
            "standard": standard,
            "all_standard": pd.Series(standard).groupby(client_at).transform("all").to_numpy(),
            "created": FIRST_DAY.toordinal() - rng.integers(1, 400, size=count),
        }
    )


def draw_invoices(rng: np.random.Generator, lines: int) -> pd.DataFrame:
    """Draw the invoices, oldest first: one row per invoice.

    Returns:
        invoice_no, lines (how many), day (ordinal), job_at (its job's place among the jobs), status, fault ("" so far).
    """
    sizes = rng.choice(list(LINES_PER_INVOICE), size=lines, p=list(LINES_PER_INVOICE.values()))
    count = int(np.searchsorted(np.cumsum(sizes), lines)) + 1
    sizes = sizes[:count]
    sizes[-1] -= sizes.sum() - lines
    days = np.sort(rng.integers(FIRST_DAY.toordinal(), AS_OF.toordinal(), size=count))
    return pd.DataFrame(
        {
            "invoice_no": [f"INV-{n:07d}" for n in range(1, count + 1)],
            "lines": sizes,
            "day": days,
            "job_at": rng.permutation(count) // INVOICES_PER_JOB,
            "status": np.where(days < AS_OF.toordinal() - 30, "Paid", "Awaiting Payment").astype(
                object
            ),
            "fault": "",
        }
    )


def draw_lines(rng: np.random.Generator, invoices: pd.DataFrame) -> pd.DataFrame:
    """Draw the invoices' lines, newest invoice first: one row per line, amounts in cents, tax at one tenth.

    Of the invoices with three lines or more, the last line holds only a comment.
    """
    newest_first = np.arange(len(invoices))[::-1]
    sizes = invoices["lines"].to_numpy()[newest_first]
    last = np.zeros(sizes.sum(), dtype=bool)
    last[np.cumsum(sizes) - 1] = True
    comment = last & (np.repeat(sizes, sizes) >= 3)
    price = rng.integers(5, 400, size=len(last)) * 1_000
    quantity = rng.choice([1, 1, 1, 2, 3], size=len(last))
    return pd.DataFrame(
        {
            "invoice_at": np.repeat(newest_first, sizes),
            "comment": comment,
            "price_cents": price,
            "quantity": quantity,
            "amount_cents": np.where(comment, 0, price * quantity),
        }
    )


def choose_faults(
    rng: np.random.Generator, invoices: pd.DataFrame, jobs: pd.DataFrame, share: float
) -> None:
    """Name the fault of each faulty invoice in the column fault.

    Apart from "job not Standard", faults fall on invoices whose client has Standard jobs only, so that the cause is the
    one that FAULTS says and no other.
    """
    job_of = jobs.iloc[invoices["job_at"]].reset_index(drop=True)
    safe = job_of["all_standard"].to_numpy()
    by_client = job_of["client_order_no"].str.startswith("CLI").to_numpy()
    where = {
        "job not Standard": ~job_of["standard"].to_numpy(),
        "grouping changed": safe & by_client,
        "proposal renewed": safe & ~by_client,
    }
    fault = np.full(len(invoices), "", dtype=object)
    wanted = round(share * len(invoices))
    kinds = list(FAULTS)

    blank_jobs = rng.permutation(
        np.flatnonzero(jobs["all_standard"] & jobs["client_order_no"].str.startswith("CLI"))
    )
    blank_jobs = blank_jobs[: round(wanted / len(kinds) / INVOICES_PER_JOB)]
    fault[np.isin(invoices["job_at"], blank_jobs)] = kinds[0]
    left = np.diff(
        np.linspace(0, max(wanted - (fault != "").sum(), 0), len(kinds)).round().astype(int)
    )
    for kind, count in zip(kinds[1:], left, strict=True):
        eligible = np.flatnonzero(where.get(kind, safe) & (fault == ""))
        fault[rng.permutation(eligible)[:count]] = kind
    invoices["fault"] = fault


def near_misses(references: np.ndarray) -> list[str]:
    """Write each Reference as people mistype it: the same to a reader, another text to XPM.

    Source: rules.md M5, M6, T3.
    """
    forms = (
        str.lower,
        lambda text: text.replace("-", " - "),
        lambda text: text.replace("-", "\N{EN DASH}"),
        lambda text: text.replace("-", "-00"),
        lambda text: f"{text} monthly fee",
    )
    return [forms[at % len(forms)](reference) for at, reference in enumerate(references)]


def spoil(invoices: pd.DataFrame, jobs: pd.DataFrame) -> None:
    """Carry the faults out: on the invoice in Xero, on its copy in XPM, or on its job.

    Args:
        invoices: gets reference, contact, xpm_client, xpm_job_no ("" is on the client), in_xpm and xpm_cents, and a
            changed status.
        jobs: lose their Client Order No. where that is the fault.
    """
    job_at, fault = invoices["job_at"].to_numpy(), invoices["fault"].to_numpy()
    order_no, clients, job_no = (
        jobs[name].to_numpy(dtype=object) for name in ("client_order_no", "client", "job_no")
    )
    reference, contact, xpm_job = order_no[job_at], clients[job_at], job_no[job_at]
    at = {kind: np.flatnonzero(fault == kind) for kind in FAULTS}
    elsewhere = another_clients_job(jobs)

    reference[at["blank reference"]] = ""
    reference[at["unknown reference"]] = [
        f"PO {80_000 + n}" for n in range(len(at["unknown reference"]))
    ]
    reference[at["near miss"]] = near_misses(reference[at["near miss"]])
    for first, kind in ((900_001, "grouping changed"), (950_001, "proposal renewed")):
        reference[at[kind]] = [f"PROP-{first + n}" for n in range(len(at[kind]))]
    reference[at["another client's reference"]] = order_no[
        elsewhere[job_at[at["another client's reference"]]]
    ]
    contact[at["contact named otherwise"]] = [
        name.upper() for name in contact[at["contact named otherwise"]]
    ]
    xpm_job[np.isin(fault, ON_CLIENT)] = ""
    xpm_job[at["on the wrong job"]] = job_no[elsewhere[job_at[at["on the wrong job"]]]]

    invoices["reference"], invoices["contact"] = reference, contact
    invoices["xpm_client"], invoices["xpm_job_no"] = contact, xpm_job
    invoices["in_xpm"] = ~np.isin(fault, ["not in XPM", "not approved"])
    invoices["xpm_cents"] = invoices["total_cents"] + np.where(
        fault == "edited after import", 5_500, 0
    )
    invoices.loc[fault == "voided, still in XPM", "status"] = "Voided"
    invoices.loc[fault == "not approved", "status"] = "Awaiting Approval"
    jobs.loc[np.unique(job_at[at["job without order number"]]), "client_order_no"] = ""


def another_clients_job(jobs: pd.DataFrame) -> np.ndarray:
    """For each job, the place of a Standard job of some other client."""
    standard = np.flatnonzero(jobs["all_standard"] & ~jobs["single"])
    if len(standard) < 4:
        raise SystemExit("too few lines for a practice: give 1000 or more")
    at = np.searchsorted(standard, np.arange(len(jobs)))
    return standard[(at + 2) % len(standard)]  # two on: beyond the client's own second job


def describe(rng: np.random.Generator, count: int) -> np.ndarray:
    """Descriptions of lines: some with commas, some with line breaks, some with quotes inside."""
    months = [f"{date(2025 + (8 + n) // 12, (8 + n) % 12 + 1, 1):%B %Y}" for n in range(15)]
    forms = (
        "{0} for {1}", "{0} for {1}", "{0} - {1} - fixed monthly fee as per our engagement letter", "{0}, {1}",
        "{0} for {1}\nincluding GST, lodgement and all correspondence", '{0}: "{1}" as discussed',
    )  # fmt: skip
    texts = [
        quoted(form.format(service, month))
        for form in forms
        for service in SERVICES
        for month in months
    ]
    return np.array(texts, dtype=object)[rng.integers(len(texts), size=count)]


def joined(fields: Sequence[str], cells: dict[str, np.ndarray | str]) -> pa.Array:
    """Join ready cells to one text per row, in the order of fields, with commas between; a field not given is empty."""
    columns = [cells.get(name, "") for name in fields]
    ready = [
        column if isinstance(column, str) else pa.array(column, pa.string()) for column in columns
    ]
    return pc.binary_join_element_wise(*ready, ",")


def write_xero_invoices(
    path: Path,
    rng: np.random.Generator,
    invoices: pd.DataFrame,
    lines: pd.DataFrame,
    jobs: pd.DataFrame,
) -> None:
    """Write Xero's export: one row per line, the invoice's fields on each, newest first, line ends CRLF."""
    client_at = jobs["client_at"].to_numpy()[invoices["job_at"]]
    total, tax = invoices["total_cents"].to_numpy(), invoices["total_cents"].to_numpy() // 11
    paid = np.where(invoices["status"] == "Paid", total, 0)
    day = invoices["day"].to_numpy()
    opening = joined(
        INVOICE_FIELDS,
        {
            "ContactName": written(invoices["contact"].to_numpy(), quoted),
            "EmailAddress": written(client_at, lambda n: f"accounts@client{n}.example"),
            "POAddressLine1": written(
                client_at, lambda n: quoted(f"Suite {n % 40 + 1}, {n % 300 + 1} Station Street")
            ),
            "POCity": written(client_at, lambda n: TOWNS[n % len(TOWNS)][0]),
            "POPostalCode": written(client_at, lambda n: TOWNS[n % len(TOWNS)][1]),
            "POCountry": "Australia",
            "InvoiceNumber": invoices["invoice_no"].to_numpy(),
            "Reference": written(invoices["reference"].to_numpy(), quoted),
            "InvoiceDate": written(day, xero_date),
            "DueDate": written(day + 14, xero_date),
            "Total": written(total, xero_money),
            "TaxTotal": written(tax, xero_money),
            "InvoiceAmountPaid": written(paid, xero_money),
            "InvoiceAmountDue": written(total - paid, xero_money),
        },
    )
    closing = joined(
        CLOSING_FIELDS,
        {
            "Currency": "AUD",
            "Type": "Sales invoice",
            "Sent": np.where(invoices["status"] == "Awaiting Approval", "Unsent", "Sent").astype(
                object
            ),
            "Status": invoices["status"].to_numpy(),
        },
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(INVOICE_FIELDS + LINE_FIELDS + CLOSING_FIELDS) + "\r\n")
        for start in range(0, len(lines), LINES_PER_WRITE):
            part = lines.iloc[start : start + LINES_PER_WRITE]
            at = pa.array(part["invoice_at"].to_numpy())
            rows = pc.binary_join_element_wise(
                opening.take(at), line_cells(rng, part), closing.take(at), ","
            )
            file.write("\r\n".join(rows.to_pylist()) + "\r\n")


def line_cells(rng: np.random.Generator, part: pd.DataFrame) -> pa.Array:
    """The cells of LINE_FIELDS; a line that holds only a comment has no amounts."""
    comment = part["comment"].to_numpy()
    price, amount, quantity = (
        part[name].to_numpy() for name in ("price_cents", "amount_cents", "quantity")
    )

    def unless_comment(cells: np.ndarray | str) -> np.ndarray:
        return np.where(comment, "", cells).astype(object)

    return joined(
        LINE_FIELDS,
        {
            "Description": describe(rng, len(part)),
            "Quantity": unless_comment(written(quantity, lambda n: f"{n}.0000")),
            "UnitAmount": unless_comment(written(price, xero_money)),
            "LineAmount": unless_comment(written(amount, xero_money)),
            "AccountCode": unless_comment("200"),
            "TaxType": unless_comment("GST on Income"),
            "TaxAmount": unless_comment(written(amount // 10, xero_money)),
        },
    )


def write_table(path: Path, columns: dict[str, np.ndarray | str]) -> None:
    """Write a Report Builder export: header on line 1, ready cells below."""
    rows = joined(list(columns), columns).to_pylist()
    path.write_text("\r\n".join([",".join(columns), *rows, ""]), encoding="utf-8", newline="")


def write_jobs(path: Path, jobs: pd.DataFrame) -> None:
    """Write XPM's jobs: one row per job."""
    created = jobs["created"].to_numpy()
    at = np.arange(len(jobs))
    write_table(
        path,
        {
            "[Job] Job No.": jobs["job_no"].to_numpy(),
            "[Job] Name": written(at % len(SERVICES), lambda n: f"{SERVICES[n]} 2026"),
            "[Client] Client": written(jobs["client"].to_numpy(), quoted),
            "[Job] Client Order No.": jobs["client_order_no"].to_numpy(),
            "[State] State": jobs["state"].to_numpy(),
            "[Job] Date Created": written(created, xpm_date),
            "[Job] Start Date": written(created + 7, xpm_date),
            "[Job] Due Date": written(created + 600, xpm_date),
            "[Job] Job Manager": written(at % len(MANAGERS), lambda n: MANAGERS[n]),
            "[Job] Category": written(at % 2, lambda n: ("Compliance", "Advisory")[n]),
            "[Job] Budget": written(at % 50, lambda n: xpm_money((n + 1) * 50_000)),
        },
    )


def write_xpm_invoices(path: Path, invoices: pd.DataFrame) -> None:
    """Write XPM's invoices: one row per invoice that XPM has."""
    held = invoices[invoices["in_xpm"]]
    cents = held["xpm_cents"].to_numpy()
    write_table(
        path,
        {
            "[Invoice] Invoice No.": held["invoice_no"].to_numpy(),
            "[Invoice] Job Number(s)": held["xpm_job_no"].to_numpy(),
            "[Invoice] Date": written(held["day"].to_numpy(), xpm_date),
            "[Invoice] Client": written(held["xpm_client"].to_numpy(), quoted),
            "[Invoice] Amount": written(cents // 11 * 10, xpm_money),
            "[Invoice] Amount (incl tax)": written(cents, xpm_money),
            "[Invoice] Status": np.where(held["status"] == "Paid", "Paid", "Approved").astype(
                object
            ),
        },
    )


def write_control(path: Path, invoices: pd.DataFrame, jobs: pd.DataFrame) -> dict:
    """Write what a right answer must say, and return it. Source: contract.md (T24, T28, T16 by age)."""
    faulty = invoices[invoices["fault"] != ""]
    age = AS_OF.toordinal() - faulty["day"]
    by_age = np.select([age <= 2, age <= 14], ["T24", "T28"], "T16")
    cause = np.where(faulty["fault"] == "not in XPM", by_age, faulty["fault"].map(FAULTS))
    control = {
        "as_of": AS_OF.isoformat(),
        "lines": int(invoices["lines"].sum()),
        "invoices": int(invoices["invoice_no"].nunique()),
        "cents": int(invoices["total_cents"].sum()),
        "jobs": len(jobs),
        "xpm_invoices": int(invoices["in_xpm"].sum()),
        "faulty": len(faulty),
        "faults": {
            kind: int(count)
            for kind, count in faulty["fault"].value_counts(sort=False).sort_index().items()
        },
        "cause_of": dict(zip(faulty["invoice_no"], cause.tolist(), strict=True)),
    }
    path.write_text(json.dumps(control, indent=1), encoding="utf-8")
    return control


def make_practice(
    line_count: int, folder: Path, seed: int = 1, faulty: float = FAULTY_SHARE
) -> dict:
    """Write the practice's files to folder.

    Returns:
        What control.json says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, line_count])
    invoices = draw_invoices(rng, line_count)
    jobs = draw_jobs(rng, int(invoices["job_at"].max()) + 1)
    lines = draw_lines(rng, invoices)
    invoices["total_cents"] = (
        np.bincount(lines["invoice_at"], weights=lines["amount_cents"]).astype(np.int64) // 10 * 11
    )
    choose_faults(rng, invoices, jobs, faulty)
    spoil(invoices, jobs)
    write_xero_invoices(folder / "invoices.csv", rng, invoices, lines, jobs)
    write_jobs(folder / "jobs.csv", jobs)
    write_xpm_invoices(folder / "xpm_invoices.csv", invoices)
    return write_control(folder / "control.json", invoices, jobs)


NUMBERS = ("Total", "TaxTotal", "Quantity", "UnitAmount", "LineAmount", "TaxAmount")


def as_workbook(practice: Path) -> None:
    """Xero's lines as a workbook instead of CSV, amounts as numbers."""
    import xlsxwriter

    with (practice / "invoices.csv").open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    amounts = {header.index(name) for name in NUMBERS if name in header}
    with xlsxwriter.Workbook(str(practice / "invoices.xlsx"), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Invoices")
        sheet.write_row(0, 0, header)
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if value and column in amounts:
                    sheet.write_number(at, column, float(value))
                elif value:
                    sheet.write_string(at, column, value)
    (practice / "invoices.csv").unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a made-up practice of any size.")
    parser.add_argument("lines", type=int, metavar="LINES", help="invoice lines, 1000 or more")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--faulty", type=float, default=FAULTY_SHARE, help="share of the invoices that have a fault"
    )
    parser.add_argument(
        "--workbook",
        action="store_true",
        help="Xero's lines as a workbook instead of CSV, amounts as numbers",
    )
    wanted = parser.parse_args()
    control = make_practice(wanted.lines, wanted.folder, wanted.seed, wanted.faulty)
    if wanted.workbook:
        as_workbook(wanted.folder)
    print(", ".join(f"{control[name]} {name}" for name in ("lines", "invoices", "jobs", "faulty")))


if __name__ == "__main__":
    main()
