"""What a file is, told by its headers: the roles, the layouts that are refused, and the files of other systems."""

from __future__ import annotations

import pytest
from made.files import (
    DETAIL,
    IMPORT_TEMPLATE,
    OTHER_SYSTEMS,
    SUMMARY,
    XERO_36,
    XERO_44,
    client,
    job,
    xpm_invoice,
)

from reconcile.exports.columns import (
    XERO_INVOICES,
    XPM_CLIENTS,
    XPM_INVOICES,
    XPM_JOBS,
    plain_header,
)
from reconcile.exports.recognise import OWN_OUTPUT, Layout, NotUnderstood, Refused, recognise

JOBS, INVOICES, CLIENTS = list(job()), list(xpm_invoice()), list(client())
JOB_NEEDS = ["[Job] Job No.", "[Client] Client", "[Job] Client Order No."]
NEEDED = ["ContactName", "InvoiceNumber", "Reference", "Total"]


def without_table(header: list[str]) -> list[str]:
    return [name.partition("] ")[2] for name in header]


@pytest.mark.parametrize(
    ("header", "role"),
    [
        pytest.param(XERO_44, XERO_INVOICES, id="xero-44-columns"),
        pytest.param(XERO_36, XERO_INVOICES, id="xero-36-columns"),
        pytest.param(IMPORT_TEMPLATE, XERO_INVOICES, id="xero-import-template"),
        pytest.param(NEEDED, XERO_INVOICES, id="xero-cut-to-what-is-needed"),
        pytest.param(
            ["ContactName", "InvoiceNumber", "Reference", "LineAmount", "TaxAmount"],
            XERO_INVOICES,
            id="xero-total-by-lines",
        ),
        pytest.param([f"*{name}" for name in NEEDED], XERO_INVOICES, id="every-header-starred"),
        pytest.param(SUMMARY, XERO_INVOICES, id="receivable-summary-by-contact"),
        pytest.param(DETAIL, XERO_INVOICES, id="receivable-detail-by-invoice"),
        pytest.param(
            ["Contact", "Invoice Number", "Reference", "Gross"],
            XERO_INVOICES,
            id="report-ungrouped",
        ),
        pytest.param(JOBS, XPM_JOBS, id="jobs"),
        pytest.param(without_table(JOBS), XPM_JOBS, id="jobs-without-table"),
        pytest.param(INVOICES, XPM_INVOICES, id="xpm-invoices"),
        pytest.param(without_table(INVOICES), XPM_INVOICES, id="xpm-invoices-without-table"),
        pytest.param(
            [*INVOICES, "[Client] Client", "[Job] Name"],
            XPM_INVOICES,
            id="xpm-invoices-with-job-columns",
        ),
        pytest.param(CLIENTS, XPM_CLIENTS, id="clients"),
        pytest.param(without_table(CLIENTS), XPM_CLIENTS, id="clients-without-table"),
        pytest.param(
            ["[Client] Client", "[Client] Status"],
            XPM_CLIENTS,
            id="clients-without-billing-details",
        ),
        pytest.param(
            [*JOBS, "[Client] Billing Details", "[Client] Status"],
            XPM_JOBS,
            id="jobs-with-client-columns",
        ),
    ],
)
@pytest.mark.parametrize("change", [list, lambda cells: cells[::-1]], ids=["in-order", "reversed"])
def test_a_file_is_known_by_its_headers_in_any_order(header, role, change):
    found = recognise([change(header)])
    assert isinstance(found, Layout) and found.role == role
    assert found.columns.keys() == recognise([header]).columns.keys()


@pytest.mark.parametrize(
    "spell",
    [
        pytest.param(str.upper, id="capitals"),
        pytest.param(str.lower, id="small-letters"),
        pytest.param(lambda name: f"  {name} ", id="outer-spaces"),
        pytest.param(lambda name: name.replace(" ", "\u00a0"), id="non-breaking-spaces"),
        pytest.param(lambda name: name.replace("No.", "Number"), id="Number-for-No."),
        pytest.param(lambda name: name.replace("No.", "No"), id="without-the-dot"),
        pytest.param(lambda name: name.replace("] ", "]"), id="no-space-after-table"),
    ],
)
def test_the_spelling_of_a_header_does_not_matter(spell):
    found = recognise([[spell(name) for name in JOBS]])
    assert isinstance(found, Layout) and found.columns == recognise([JOBS]).columns


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("[Job] Client Order No.", "client_order_no"),
        ("[Job] Client Order Number", "client_order_no"),
        ("[Job] Client Number", "client_order_no"),
        ("ClientOrderNumber", "client_order_no"),
        ("Client Order No", "client_order_no"),
        ("[Job] Client", "client"),
        ("Client", "client"),
        ("[State] State", "state"),
        ("[Job] State", "state"),
        ("[Job] Status", "state"),
        ("[Job] Date Created", "created_on"),
        ("[Job] Due Date", "due_on"),
        ("[Client] Partner", "partner"),
        ("[Job] Job Manager", "manager"),
    ],
)
def test_each_column_goes_by_all_its_headers(header, name):
    others = [one for one in JOB_NEEDS if recognise([JOB_NEEDS]).headers.get(name) != one]
    found = recognise([[*others, header]])
    assert isinstance(found, Layout) and found.headers[name] == header


def test_the_preferred_header_is_read_when_a_column_is_there_under_two_names():
    found = recognise([["Client", *JOB_NEEDS, "[Job] Client"]])
    assert found.headers["client"] == "[Client] Client"


def test_a_currency_in_a_money_header_is_no_part_of_its_name():
    assert plain_header("Gross (AUD)") == plain_header("gross") == ("", "gross")
    assert plain_header("[Invoice] Amount (incl tax)") != plain_header("[Invoice] Amount")


@pytest.mark.parametrize("above", [0, 1, 4, 19])
def test_title_rows_may_stand_above_the_header(above):
    found = recognise([["Client job list"]] * above + [JOBS])
    assert isinstance(found, Layout) and found.header_at == above


def test_a_header_below_the_twentieth_row_is_not_looked_for():
    assert isinstance(recognise([["Client job list"]] * 20 + [JOBS]), NotUnderstood)


def test_an_unneeded_column_does_not_disturb():
    found = recognise([["Note", *JOBS, "Note", ""]])
    assert isinstance(found, Layout) and found.width == len(JOBS) + 3


# What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("program", "header"), OTHER_SYSTEMS.items(), ids=OTHER_SYSTEMS)
@pytest.mark.parametrize("rows", [1, 3], ids=["header-alone", "with-rows"])
def test_an_export_of_another_program_is_never_half_read(program, header, rows):
    cells = header.split(",")
    assert isinstance(recognise([cells, *[["1"] * len(cells)] * (rows - 1)]), NotUnderstood)


@pytest.mark.parametrize(
    "program",
    OTHER_SYSTEMS,
)
def test_the_headers_of_another_program_are_named(program):
    cells = OTHER_SYSTEMS[program].split(",")
    assert cells[0] in recognise([cells]).sentence()


@pytest.mark.parametrize(
    ("header", "nearest", "missing"),
    [
        pytest.param(
            ["ContactName", "InvoiceNumber", "Total"],
            XERO_INVOICES,
            ("Reference",),
            id="no-reference",
        ),
        pytest.param(
            ["ContactName", "InvoiceNumber", "Reference"], XERO_INVOICES, ("Total",), id="no-total"
        ),
        pytest.param(
            ["ContactName", "InvoiceNumber", "Reference", "LineAmount"],
            XERO_INVOICES,
            ("Total",),
            id="no-tax-of-lines",
        ),
        pytest.param(
            ["ContactName", "Reference", "Total"], XERO_INVOICES, ("InvoiceNumber",), id="no-number"
        ),
        pytest.param(
            ["[Job] Job No.", "[Job] Name", "[Client] Client"],
            XPM_JOBS,
            ("[Job] Client Order No.",),
            id="no-order-number",
        ),
    ],
)
def test_a_file_that_lacks_a_column_is_named_with_the_nearest_role(header, nearest, missing):
    found = recognise([header])
    assert (found.nearest, found.missing) == (nearest, missing)
    assert "Nearest to" in found.sentence() and missing[0] in found.sentence()


@pytest.mark.parametrize(
    "rows",
    [[], [[]], [["1", "2", "3"], ["4", "5", "6"]], [["just a note"]]],
    ids=["none", "empty", "numbers", "one-text"],
)
def test_a_file_without_a_header_row_is_said_to_have_none(rows):
    assert "no header row" in recognise(rows).sentence()


def test_an_invoice_list_with_a_customer_column_is_not_taken_for_a_report_grouped_by_contact():
    cells = ["Date", "Invoice Number", "Reference", "Customer Name", "Status", "Total", "Balance"]
    rows = [cells, ["2026-10-13", "INV-1", "PO 7", "Acme", "Paid", "1.00", "0.00"]]
    assert isinstance(recognise(rows), NotUnderstood)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(
            "invoice_no,reference,contact,total,status,outcome,now_place,belongs_job_no,if_resynced_place",
            id="invoices.csv",
        ),
        pytest.param(
            "job_no,job_name,client,client_order_no,state,state_type,role,finding", id="jobs.csv"
        ),
        pytest.param("Priority,Client,What to do,Invoice,Job,Fix id", id="fixlist"),
        pytest.param(
            "practice,state,at risk,invoices to mend or look at,folder of results", id="overview"
        ),
    ],
)
def test_the_programs_own_results_are_known_and_skipped(header):
    assert recognise([header.split(",")]).role == OWN_OUTPUT


@pytest.mark.parametrize("header", ["[Job] Budget (Totalled)", "[Invoice] Amount (totalled)"])
def test_a_totalled_column_is_refused(header):
    found = recognise([[*JOB_NEEDS, header]])
    assert (
        isinstance(found, Refused)
        and header in found.reason
        and "without (Totalled)" in found.reason
    )


@pytest.mark.parametrize("again", ["[Job] Job No.", "[JOB] JOB NO", " [Job] Job No. "])
def test_a_needed_column_that_is_there_twice_is_refused(again):
    found = recognise([[*JOB_NEEDS, again]])
    assert isinstance(found, Refused) and "there twice" in found.reason


def test_an_unneeded_column_that_is_there_twice_is_no_matter():
    assert isinstance(recognise([[*JOB_NEEDS, "Note", "Note"]]), Layout)


GROUPED = ["[Client] Client", "[Job] Job No.", "[Job] Name", "[Job] Client Order No."]
NEXT_LINE = [*JOB_NEEDS, "[Job] Description"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param(
            [GROUPED, ["Acme", "", "", ""], ["", "J1", "BAS", "CLI-1"]],
            "Group by the first field",
            id="grouped-one-job",
        ),
        pytest.param(
            [
                GROUPED,
                ["Acme", "", "", ""],
                ["", "J1", "BAS", "CLI-1"],
                ["", "J2", "Tax", ""],
                ["Beta", "", "", ""],
                ["", "J3", "Tax", "CLI-2"],
            ],
            "Group by the first field",
            id="grouped-several",
        ),
        pytest.param(
            [GROUPED, ["Acme"], ["", "J1", "BAS", "CLI-1"]],
            "Group by the first field",
            id="grouped-short-rows",
        ),
        pytest.param(
            [
                NEXT_LINE,
                ["J1", "Acme", "CLI-1", ""],
                ["A text", "", "", ""],
                ["J2", "Acme", "", ""],
                ["Another", "", "", ""],
            ],
            "last field on the next line",
            id="last-field-on-next-line",
        ),
        pytest.param(
            [NEXT_LINE, ["J1", "Acme", "CLI-1"], ["A text"], ["J2", "Acme", ""], ["Another"]],
            "last field on the next line",
            id="last-field-on-next-line-short-rows",
        ),
        pytest.param(
            [
                NEXT_LINE,
                ["J1", "Acme", "CLI-1", ""],
                ["A text", "", "", ""],
                ["J2", "Acme", "", ""],
                ["", "", "", ""],
                ["J3", "Beta", "", ""],
                ["More", "", "", ""],
            ],
            "last field on the next line",
            id="last-field-on-next-line-some-blank",
        ),
        pytest.param(
            [NEXT_LINE, ["J1", "Acme", "CLI-1", ""], ["A text", "", "", ""]],
            "last field on the next line",
            id="last-field-on-next-line-one-job",
        ),
    ],
)
def test_a_layout_that_spreads_a_record_over_rows_is_refused_with_the_words_to_switch_it_off(
    rows, words
):
    found = recognise(rows)
    assert isinstance(found, Refused) and words in found.reason and "Report Builder" in found.reason


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([JOB_NEEDS, ["J1", "Acme", ""], ["J2", "Acme", ""]], id="last-column-blank"),
        pytest.param(
            [GROUPED, ["Acme", "J1", "BAS", ""], ["Beta", "J2", "Tax", "CLI-2"]],
            id="first-column-filled",
        ),
        pytest.param(
            [GROUPED, ["Acme", "J1", "BAS", ""], ["", "", "", ""], ["Beta", "J2", "Tax", "CLI-2"]],
            id="blank-rows-between",
        ),
        pytest.param([JOB_NEEDS], id="no-rows"),
    ],
)
def test_a_sound_layout_is_not_refused(rows):
    assert isinstance(recognise(rows), Layout)


# Reports -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "header", "per_line"),
    [
        ("Receivable Invoice Summary", SUMMARY, False),
        ("Receivable Invoice Detail", SUMMARY, True),
        ("Receivable Invoice Summary", DETAIL, True),
        ("", XERO_44, False),
    ],
    ids=["summary", "detail-by-title", "detail-by-columns", "csv-export"],
)
def test_gross_is_per_line_in_the_detail_report_alone(title, header, per_line):
    assert recognise([[title], header]).gross_is_per_line is per_line


@pytest.mark.parametrize(
    ("header", "grouped_by"),
    [(SUMMARY, "contact"), (DETAIL, "invoice_no"), ([*SUMMARY, "Contact"], "any"), (XERO_44, "")],
    ids=["contact", "invoice-number", "either", "title-above-a-csv"],
)
def test_the_column_that_a_report_lacks_is_what_its_group_rows_hold(header, grouped_by):
    assert recognise([["Title"], header]).grouped_by == grouped_by


def test_a_role_said_outright_is_held_to_its_columns():
    assert recognise([JOBS], role=XPM_JOBS).role == XPM_JOBS
    found = recognise([INVOICES], role=XPM_JOBS)
    assert isinstance(found, NotUnderstood) and found.nearest == XPM_JOBS
