"""The script a user would write: pandas, three files, a few merges, the flagged invoices to Excel.

    python plain_pandas.py DIR OUT.xlsx
    python plain_pandas.py DIR --no-excel

It does what someone who keeps the books and writes some Python would do in an afternoon, without waste: only the
columns it needs, every cell as text, whole columns at a time. It checks that each invoice's Reference leads to a job
and that XPM has the invoice there. It does not read other forms of the files, give causes beyond a few words, plan
repairs or check its own totals.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp("2026-11-20")
INVOICE_COLUMNS = [
    "ContactName",
    "InvoiceNumber",
    "Reference",
    "InvoiceDate",
    "Total",
    "Type",
    "Status",
]
JOB_COLUMNS = [
    "[Job] Job No.",
    "[Client] Client",
    "[Job] Client Order No.",
    "[State] State",
    "[Job] Date Created",
]
XPM_COLUMNS = [
    "[Invoice] Invoice No.",
    "[Invoice] Job Number(s)",
    "[Invoice] Client",
    "[Invoice] Amount (incl tax)",
]
CLOSED = ["COMPLETED", "COMPLETE", "ON HOLD", "CANCELLED", "CANCELED", "ARCHIVED"]


def read(path: Path, columns: list[str] | None) -> pd.DataFrame:
    return pd.read_csv(path, usecols=columns, dtype=str, keep_default_na=False)


def read_workbook(path: Path, columns: list[str] | None) -> pd.DataFrame:
    return pd.read_excel(path, usecols=columns, dtype=str, keep_default_na=False, engine="openpyxl")


def key(column: pd.Series) -> pd.Series:
    return column.str.strip().str.upper()


def read_invoices(folder: Path, every_column: bool, workbook: bool) -> pd.DataFrame:
    columns = None if every_column else INVOICE_COLUMNS
    lines = (
        read_workbook(folder / "invoices.xlsx", columns)
        if workbook
        else read(folder / "invoices.csv", columns)
    )
    invoices = lines[INVOICE_COLUMNS].drop_duplicates("InvoiceNumber")
    invoices = invoices[key(invoices["Type"]) == "SALES INVOICE"].copy()
    invoices["reference_key"] = key(invoices["Reference"])
    invoices["InvoiceDate"] = pd.to_datetime(invoices["InvoiceDate"], format="%d/%m/%Y")
    invoices["Total"] = pd.to_numeric(invoices["Total"])
    return invoices


def read_jobs(folder: Path) -> pd.DataFrame:
    jobs = read(folder / "jobs.csv", JOB_COLUMNS)
    jobs.columns = [name.split("] ")[1] for name in jobs.columns]
    jobs["Date Created"] = pd.to_datetime(jobs["Date Created"], format="%d-%b-%Y")
    jobs["closed"] = key(jobs["State"]).isin(CLOSED)
    return jobs.sort_values(
        ["closed", "Date Created"], ascending=[True, False]
    )  # the job that takes the invoice comes first


def read_xpm_invoices(folder: Path) -> pd.DataFrame:
    xpm = read(folder / "xpm_invoices.csv", XPM_COLUMNS)
    xpm.columns = ["InvoiceNumber", "xpm_job", "xpm_client", "xpm_total"]
    xpm["xpm_total"] = pd.to_numeric(xpm["xpm_total"].str.replace(",", "").str.replace("$", ""))
    return xpm.drop_duplicates("InvoiceNumber")


def match(invoices: pd.DataFrame, jobs: pd.DataFrame, xpm: pd.DataFrame) -> pd.DataFrame:
    """Put beside each invoice the job its Reference leads to (job number before order number) and its copy in XPM."""
    takes = jobs.rename(columns={"Job No.": "job", "Client": "job_client"})[
        ["job", "job_client", "closed", "Client Order No."]
    ]
    by_number = takes.assign(reference_key=key(takes["job"]))
    by_order = takes.assign(reference_key=key(takes["Client Order No."]))
    targets = pd.concat([by_number, by_order]).drop(columns="Client Order No.")
    targets = targets[targets["reference_key"] != ""].drop_duplicates("reference_key")
    found = invoices.merge(targets, on="reference_key", how="left", validate="many_to_one")
    return found.merge(xpm, on="InvoiceNumber", how="left", validate="one_to_one")


def flag(found: pd.DataFrame) -> pd.Series:
    """A few words per invoice for what is wrong with it; blank when XPM has it on its job."""
    approved = found["Status"].isin(["Awaiting Payment", "Paid"])
    in_xpm = found["xpm_job"].notna()
    right_job = in_xpm & (found["xpm_job"] == found["job"])
    old = (AS_OF - found["InvoiceDate"]).dt.days > 14
    checks = [
        (found["Status"].isin(["Voided", "Deleted"]) & in_xpm, "voided, still in XPM"),
        (~approved, "not approved"),
        (found["reference_key"] == "", "no reference"),
        (found["job"].isna(), "reference matches no job"),
        (~in_xpm & old, "not in XPM, too old to sync"),
        (~in_xpm, "not in XPM yet"),
        (found["ContactName"] != found["job_client"], "reference of another client"),
        (~right_job & found["closed"].eq(True), "job is closed"),
        (found["xpm_job"] == "", "on the client"),
        (~right_job, "on the wrong job"),
        ((found["Total"] - found["xpm_total"]).abs() > 0.05, "amount differs"),
    ]
    return pd.Series(
        np.select(
            [check.to_numpy(dtype=bool) for check, _ in checks], [word for _, word in checks], ""
        ),
        found.index,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description="The reconciliation a user would write with pandas."
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument(
        "out", type=Path, nargs="?", default=Path("flagged.xlsx"), metavar="OUT.xlsx"
    )
    parser.add_argument(
        "--no-excel", action="store_true", help="leave out writing the flagged invoices"
    )
    parser.add_argument(
        "--all-columns",
        action="store_true",
        help="read all columns of the invoices, as a first version would",
    )
    parser.add_argument("--xlsx", action="store_true", help="read the invoices from invoices.xlsx")
    wanted = parser.parse_args()

    invoices = read_invoices(wanted.folder, wanted.all_columns, wanted.xlsx)
    found = match(invoices, read_jobs(wanted.folder), read_xpm_invoices(wanted.folder))
    found["flag"] = flag(found)
    flagged = found[found["flag"] != ""].drop(columns=["reference_key"])
    if not wanted.no_excel:
        flagged.to_excel(wanted.out, index=False, engine="openpyxl")
    print(
        json.dumps(
            {
                "invoices": len(found),
                "faulty": len(flagged),
                "flags": flagged["flag"].value_counts().to_dict(),
            }
        )
    )


if __name__ == "__main__":
    main()
