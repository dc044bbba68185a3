"""Files to the four tables: lines folded, overlapping files joined, faulty rows set aside; no row lost in silence."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from made.files import (
    IMPORT_TEMPLATE,
    OTHER_SYSTEMS,
    SUMMARY,
    XERO_36,
    XERO_44,
    client,
    csv_text,
    job,
    jobs_csv,
    read,
    read_jobs,
    read_xero,
    receivable_detail,
    receivable_summary,
    report_row,
    table,
    words,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)

from reconcile.errors import ReconcileError

JOBS = {"jobs.csv": jobs_csv()}


def account(exports, path: str = "invoices.csv") -> dict[str, int]:
    """How the rows of a file are accounted for, without the zeros."""
    one = next(one for one in exports.inputs if one.path == path)
    counts = one.row_totals._asdict()
    assert counts["rows"] == sum(counts.values()) - counts["rows"]
    return {name: count for name, count in counts.items() if count}


def numbers(exports) -> list[str]:
    return exports.invoices["invoice_no"].tolist()


def only(exports) -> dict:
    """The one invoice there is."""
    (row,) = exports.invoices.to_dict("records")
    return row


def refusal(folder, files: dict, **settings) -> str:
    with pytest.raises(ReconcileError) as caught:
        read(folder, files, **settings)
    assert caught.value.exit_code == 2
    return str(caught.value)


# Xero: the forms of its exports --------------------------------------------------------------------------------------

CUT = ["InvoiceNumber", "Reference", "ContactName", "Total"]


@pytest.mark.parametrize(
    ("header", "tax", "status"),
    [
        pytest.param(XERO_44, 1000, "Awaiting Payment", id="44-columns"),
        pytest.param(XERO_36, 1000, "Awaiting Payment", id="36-columns"),
        pytest.param(IMPORT_TEMPLATE, None, "", id="import-template"),
        pytest.param(CUT, None, "", id="cut-to-four-columns"),
        pytest.param(XERO_44[::-1], 1000, "Awaiting Payment", id="columns-reversed"),
    ],
)
def test_each_form_of_the_xero_export_gives_the_same_invoice(tmp_path, header, tax, status):
    exports = read(tmp_path, {"invoices.csv": xero_csv(header=header), **JOBS})
    found = only(exports)
    assert (found["invoice_no"], found["reference"], found["contact"], found["total_cents"]) == (
        "INV-0001",
        "CLI-1001",
        "Acme Pty Ltd",
        11000,
    )
    assert (found["tax_cents"], found["status"], found["kind"]) == (tax, status, "invoice")
    assert (found["file"], found["row"], exports.problems) == ("invoices.csv", 2, ())


def test_columns_that_are_missing_are_said_as_assumptions(tmp_path):
    said = " ".join(read(tmp_path, {"invoices.csv": xero_csv(header=CUT), **JOBS}).assumptions)
    assert (
        "no Type column" in said and "no Status column" in said and "no InvoiceDate column" in said
    )
    assert read_xero(tmp_path).assumptions == ()


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Draft", "Draft"),
        ("Awaiting Approval", "Awaiting Approval"),
        ("Submitted", "Awaiting Approval"),
        ("AWAITING PAYMENT", "Awaiting Payment"),
        ("Approved", "Awaiting Payment"),
        ("AUTHORISED", "Awaiting Payment"),
        (" Paid ", "Paid"),
        ("Voided", "Voided"),
        ("Deleted", "Deleted"),
    ],
)
def test_each_word_for_a_status_is_understood(tmp_path, written, status):
    assert only(read_xero(tmp_path, xero_line(Status=written)))["status"] == status


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Sales invoice", "invoice"),
        ("SALES INVOICE", "invoice"),
        ("ACCREC", "invoice"),
        ("", "invoice"),
        ("Sales credit note", "credit-note"),
    ],
)
def test_each_word_for_a_sales_document_is_understood(tmp_path, written, kind):
    assert only(read_xero(tmp_path, xero_line(Type=written)))["kind"] == kind


LEFT_OUT = [
    "Sales overpayment",
    "Sales prepayment",
    "Bill",
    "Bill credit note",
    "Bill overpayment",
    "Bill prepayment",
    "ACCPAY",
]


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_what_is_no_sales_invoice_is_left_out_counted_and_said(tmp_path, kind):
    other = xero_line(Type=kind, InvoiceNumber="", Total="who knows", InvoiceDate="nor when")
    exports = read_xero(tmp_path, xero_line(), other, other)
    assert account(exports) == {"rows": 3, "records": 1, "left_out": 2}
    assert len(words(exports)) == 1 and f"2 of type '{kind}'" in words(exports)[0]


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("Type", "Quote", "not a type"),
        ("Status", "Sent", "not a status"),
        ("InvoiceNumber", "", "no invoice number"),
    ],
)
def test_a_word_that_xero_does_not_write_sets_the_row_aside(tmp_path, column, value, fault):
    exports = read_xero(
        tmp_path, xero_line(), xero_line(**{"InvoiceNumber": "INV-0002", column: value})
    )
    assert account(exports) == {"rows": 2, "records": 1, "set_aside": 1}
    assert (
        len(words(exports, set_aside=True)) == 1 and f"invoices.csv 3: {fault}" in words(exports)[0]
    )


# Xero: lines ---------------------------------------------------------------------------------------------------------


def test_lines_are_folded_into_one_invoice_and_total_is_not_summed(tmp_path):
    other = xero_line(InvoiceNumber="INV-0002", Total="5.50")
    exports = read_xero(
        tmp_path, xero_line(), other, xero_line(Description="More", LineAmount=""), xero_line()
    )
    assert numbers(exports) == ["INV-0001", "INV-0002"] and exports.invoices[
        "total_cents"
    ].tolist() == [11000, 550]
    assert exports.invoices["row"].tolist() == [2, 3] and account(exports) == {
        "rows": 4,
        "records": 2,
        "folded": 2,
    }


@pytest.mark.parametrize(
    "again",
    [
        {"Total": ""},
        {"Total": "110.0000"},
        {"Total": "$110.00"},
        {"InvoiceNumber": " INV-0001 "},
        {"InvoiceDate": "13-Oct-2026"},
    ],
)
def test_lines_that_say_the_same_in_another_way_agree(tmp_path, again):
    exports = read_xero(tmp_path, xero_line(), xero_line(**again))
    assert only(exports)["total_cents"] == 11000 and words(exports) == []


@pytest.mark.parametrize(
    ("again", "word"),
    [
        pytest.param({"Reference": "CLI-9999"}, "Reference", id="reference"),
        pytest.param({"Reference": ""}, "Reference", id="reference-blank"),
        pytest.param({"Reference": "CLI-1001 "}, "Reference", id="reference-outer-space"),
        pytest.param({"ContactName": "Beta"}, "contact", id="one-number-on-two-contacts"),
        pytest.param({"Total": "110.01"}, "total", id="total"),
        pytest.param({"Status": "Paid"}, "status", id="status"),
        pytest.param({"InvoiceDate": "14/10/2026"}, "date", id="date"),
    ],
)
def test_lines_that_disagree_are_set_aside_with_both_rows_named(tmp_path, again, word):
    exports = read_xero(
        tmp_path, xero_line(), xero_line(InvoiceNumber="INV-0002"), xero_line(**again), xero_line()
    )
    assert numbers(exports) == ["INV-0002"] and account(exports) == {
        "rows": 4,
        "records": 1,
        "set_aside": 3,
    }
    assert (
        len(words(exports)) == 1 and f"INV-0001 differ in {word}: rows 2 and 4" in words(exports)[0]
    )
    assert exports.problems[0].set_aside and "INV-0001" in exports.xero_numbers


@pytest.mark.parametrize(
    "again",
    [
        {"Description": "Other"},
        {"LineAmount": "1.00"},
        {"DueDate": ""},
        {"InvoiceAmountPaid": "9"},
        {"TrackingOption1": "x"},
    ],
)
def test_lines_may_differ_in_what_is_of_the_line(tmp_path, again):
    assert account(read_xero(tmp_path, xero_line(), xero_line(**again))) == {
        "rows": 2,
        "records": 1,
        "folded": 1,
    }


def test_a_faulty_line_takes_the_rest_of_its_invoice_along_and_each_row_is_named(tmp_path):
    exports = read_xero(
        tmp_path, xero_line(), xero_line(Total="x"), xero_line(InvoiceNumber="INV-0002")
    )
    assert numbers(exports) == ["INV-0002"] and account(exports) == {
        "rows": 3,
        "records": 1,
        "set_aside": 2,
    }
    assert [problem.row for problem in exports.problems if problem.set_aside] == [2, 3]


def test_a_credit_note_of_the_same_number_is_a_document_of_its_own(tmp_path):
    exports = read_xero(
        tmp_path, xero_line(), xero_line(Type="Sales credit note", Total="-20.00", DueDate="")
    )
    assert exports.invoices[["kind", "total_cents"]].values.tolist() == [
        ["invoice", 11000],
        ["credit-note", -2000],
    ]


def test_without_a_type_a_negative_total_is_a_credit_note(tmp_path):
    lines = xero_line(), xero_line(InvoiceNumber="CN-1", Total="(20.00)")
    exports = read(tmp_path, {"invoices.csv": xero_csv(*lines, header=CUT), **JOBS})
    assert exports.invoices["kind"].tolist() == ["invoice", "credit-note"]


LINES_ONLY = ["ContactName", "InvoiceNumber", "Reference", "LineAmount", "TaxAmount"]


@pytest.mark.parametrize(
    ("amounts", "cents"),
    [
        pytest.param(
            [("100.0000", "10.0000"), ("33.3333", "3.3333")], 14667, id="summed-before-rounding"
        ),
        pytest.param([("100.00", "10.00"), ("", "")], 11000, id="comment-line"),
        pytest.param([("0.3333", ""), ("0.3333", ""), ("0.3334", "")], 100, id="thirds"),
        pytest.param([("100.00", "10.00"), ("-50.00", "-5.00")], 5500, id="discount-line"),
    ],
)
def test_without_a_total_it_is_the_sum_of_lines_and_tax(tmp_path, amounts, cents):
    lines = [xero_line(LineAmount=line, TaxAmount=tax) for line, tax in amounts]
    exports = read(tmp_path, {"invoices.csv": xero_csv(*lines, header=LINES_ONLY), **JOBS})
    assert only(exports)["total_cents"] == cents


def test_an_invoice_without_any_amount_is_set_aside(tmp_path):
    exports = read_xero(
        tmp_path,
        xero_line(),
        xero_line(InvoiceNumber="INV-0002", Total="", LineAmount="", TaxAmount=""),
    )
    assert (
        numbers(exports) == ["INV-0001"]
        and "no total on any line" in words(exports, set_aside=True)[0]
    )


def test_a_rounded_total_is_said_and_rounded_lines_are_not(tmp_path):
    assert words(read_xero(tmp_path, xero_line(LineAmount="99.9999"))) == []
    exports = read_xero(tmp_path, xero_line(Total="110.0049"))
    assert only(exports)["total_cents"] == 11000
    assert words(exports, set_aside=False) == ["invoices.csv 2: rounded to the cent"]


def test_a_decimal_comma_needs_a_file_with_semicolons(tmp_path):
    line = xero_line(
        Total="1100,00", TaxTotal="100,00", LineAmount="1000,0000", TaxAmount="100,0000"
    )
    assert (
        only(read(tmp_path, {"invoices.csv": xero_csv(line, delimiter=";"), **JOBS}))["total_cents"]
        == 110000
    )
    assert "not an amount of money" in refusal(
        tmp_path, {"invoices.csv": xero_csv(line, delimiter="\t"), **JOBS}
    )


def test_what_excel_has_damaged_names_the_cell_and_the_cause(tmp_path):
    damaged = [
        xero_line(InvoiceNumber="1.23457E+11"),
        xero_line(InvoiceNumber="INV-0002", Reference="#N/A"),
        xero_line(InvoiceNumber="INV-0003", InvoiceDate="46308"),
        xero_line(InvoiceNumber="INV-0004", Reference="CLI\u20131001"),
        xero_line(InvoiceNumber="INV-0005", ContactName="Acme\u00a0Pty Ltd"),
    ]
    exports = read_xero(tmp_path, xero_line(), *damaged)
    said = [(one.row, one.column, one.value, one.set_aside) for one in exports.problems]
    assert said == [
        (3, "InvoiceNumber", "1.23457E+11", True),
        (4, "Reference", "#N/A", True),
        (5, "InvoiceDate", "46308", True),
        (6, "Reference", "CLI\u20131001", False),
        (7, "ContactName", "Acme\u00a0Pty Ltd", False),
    ]
    assert numbers(exports) == ["INV-0001", "INV-0004", "INV-0005"]
    assert exports.invoices["reference"].tolist()[1] == "CLI\u20131001"


def test_a_sum_of_absurd_lines_is_no_nonsense(tmp_path):
    lines = [xero_line(InvoiceNumber="INV-0002", LineAmount="99999999999999", TaxAmount="0")] * 12
    exports = read(
        tmp_path, {"invoices.csv": xero_csv(xero_line(), *lines, header=LINES_ONLY), **JOBS}
    )
    assert (exports.invoices["total_cents"] > 0).all()


def test_a_control_character_in_a_csv_is_not_dropped_in_silence(tmp_path):
    exports = read_xero(
        tmp_path, xero_line(), xero_line(InvoiceNumber="INV-0002", Reference="\x02CLI-1001")
    )
    assert numbers(exports) == ["INV-0001"]
    assert any("lost" in word for word in words(exports))


def test_a_file_of_bills_alone_is_said_to_hold_no_sales_invoice(tmp_path):
    assert "left out" in refusal(
        tmp_path, {"invoices.csv": xero_csv(xero_line(Type="Bill")), **JOBS}
    )


# Xero: reports -------------------------------------------------------------------------------------------------------


def report(folder, rows) -> object:
    return read(folder, {"invoices.xlsx": {"Report": rows}, **JOBS})


def test_a_summary_is_read_without_its_group_and_total_rows(tmp_path):
    groups = {
        "Acme Pty Ltd": [
            report_row(),
            report_row(Invoice_Number="INV-2", Reference=None, Status="Paid"),
        ],
        "Beta": [
            report_row(
                Invoice_Number="CN-1", Gross=-22.0, Source="Receivable Credit Note", Status="Voided"
            )
        ],
    }
    exports = report(tmp_path, receivable_summary(groups))
    assert exports.invoices[
        ["invoice_no", "contact", "reference", "total_cents", "kind", "status", "row"]
    ].values.tolist() == [
        ["INV-0001", "Acme Pty Ltd", "CLI-1001", 11000, "invoice", "Awaiting Payment", 7],
        ["INV-2", "Acme Pty Ltd", "", 11000, "invoice", "Paid", 8],
        ["CN-1", "Beta", "CLI-1001", -2200, "credit-note", "Voided", 11],
    ]
    assert account(exports, "invoices.xlsx") == {"rows": 3, "records": 3} and exports.problems == ()
    assert exports.invoices["invoice_date"].dt.date.tolist() == [dt.date(2026, 10, 13)] * 3


def test_a_detail_report_sums_the_gross_of_its_lines(tmp_path):
    groups = {
        "INV-1": [report_row(), report_row(Gross=0.5), report_row(Gross=None)],
        "INV-2": [report_row(Contact="Beta")],
    }
    exports = report(tmp_path, receivable_detail(groups))
    assert exports.invoices[["invoice_no", "contact", "total_cents"]].values.tolist() == [
        ["INV-1", "Acme Pty Ltd", 11050],
        ["INV-2", "Beta", 11000],
    ]
    assert account(exports, "invoices.xlsx") == {"rows": 4, "records": 2, "folded": 2}


def test_an_ungrouped_report_is_read_without_its_total(tmp_path):
    rows = receivable_summary(
        {"Acme": [report_row()]},
        ["Invoice Number", "Contact", "Invoice Date", "Reference", "Gross", "Status"],
    )
    exports = report(tmp_path, [row for row in rows if row[:1] not in (["Acme"], ["Total Acme"])])
    assert numbers(exports) == ["INV-0001"] and exports.problems == ()


def test_totals_with_a_saved_value_are_no_invoices_either(tmp_path):
    rows = receivable_summary(
        {"Acme": [report_row()], "Beta": [report_row(Invoice_Number="INV-2")]}
    )
    saved = [[110.0 if str(cell).startswith("=") else cell for cell in row] for row in rows]
    exports = report(tmp_path, saved)
    assert numbers(exports) == ["INV-0001", "INV-2"] and exports.problems == ()


def test_a_contact_whose_name_begins_with_total_is_a_contact(tmp_path):
    groups = {"Fitness": [report_row()], "Total Fitness": [report_row(Invoice_Number="INV-2")]}
    assert report(tmp_path, receivable_summary(groups)).invoices["contact"].tolist() == [
        "Fitness",
        "Total Fitness",
    ]


def test_a_group_row_may_be_a_number(tmp_path):
    assert numbers(
        report(tmp_path, receivable_detail({101: [report_row()], 102: [report_row()]}))
    ) == ["101", "102"]


def test_a_report_without_group_rows_and_contacts_is_not_half_read(tmp_path):
    rows = receivable_summary({"Acme": [report_row()]})
    assert "Contact" in refusal(
        tmp_path, {"invoices.xlsx": {"Report": [*rows[:5], rows[6]]}, **JOBS}
    )


def test_a_report_as_csv_with_short_rows_keeps_each_invoice_with_its_contact(tmp_path):
    groups = {"Acme": [report_row()], "Beta": [report_row(Invoice_Number="INV-2")]}
    rows = [
        [str(cell or "") for cell in row]
        for row in receivable_summary(groups)
        if "Total" not in str(row[:1])
    ]
    rows[5] += [""] * (len(SUMMARY) - 1)
    exports = read(tmp_path, {"invoices.csv": csv_text(rows), **JOBS})
    assert exports.invoices["contact"].tolist() in (["Acme", "Beta"], ["Acme"])


def test_a_report_with_the_dust_of_floating_point_is_read(tmp_path):
    assert numbers(
        report(tmp_path, receivable_summary({"Acme": [report_row(Tax=1.4551915228366852e-11)]}))
    ) == ["INV-0001"]


# The order of day and month ------------------------------------------------------------------------------------------


def days(folder, *dates: str, **settings) -> list[str]:
    lines = [
        xero_line(InvoiceNumber=f"INV-{at}", InvoiceDate=date, DueDate="")
        for at, date in enumerate(dates)
    ]
    return (
        read_xero(folder, *lines, **settings)
        .invoices["invoice_date"]
        .dt.strftime("%Y-%m-%d")
        .tolist()
    )


@pytest.mark.parametrize(
    ("dates", "settings", "expected"),
    [
        pytest.param(
            ["02/03/2026", "13/03/2026"], {}, ["2026-03-02", "2026-03-13"], id="proved-day-first"
        ),
        pytest.param(
            ["02/03/2026", "03/13/2026"], {}, ["2026-02-03", "2026-03-13"], id="proved-month-first"
        ),
        pytest.param(["02/03/2026"], {"date_order": "dmy"}, ["2026-03-02"], id="stated-day-first"),
        pytest.param(
            ["02/03/2026"], {"date_order": "mdy"}, ["2026-02-03"], id="stated-month-first"
        ),
        pytest.param(
            ["02/03/2026", "13/03/2026"],
            {"date_order": "mdy"},
            ["2026-03-02", "2026-03-13"],
            id="proof-beats-what-is-stated",
        ),
        pytest.param(["03/03/2026"], {}, ["2026-03-03"], id="the-same-either-way"),
        pytest.param(
            ["2-Mar-26", "2026-03-02", "2 March 2026"], {}, ["2026-03-02"] * 3, id="no-order-needed"
        ),
    ],
)
def test_the_order_of_day_and_month_is_proved_or_stated(tmp_path, dates, settings, expected):
    assert days(tmp_path, *dates, **settings) == expected


def test_a_statement_that_the_file_disproves_is_said(tmp_path):
    assert any(
        "not as mdy" in one
        for one in read_xero(tmp_path, xero_line(), date_order="mdy").assumptions
    )


def test_a_statement_that_the_file_proves_needs_no_word(tmp_path):
    line = xero_line(InvoiceDate=MONTH_FIRST, DueDate="")
    assert not any(
        "dates read as" in one for one in read_xero(tmp_path, line, date_order="mdy").assumptions
    )


def test_dates_in_both_orders_are_refused_with_both_texts(tmp_path):
    lines = xero_line(), xero_line(InvoiceNumber="INV-0002", InvoiceDate="10/13/2026")
    words_of = refusal(tmp_path, {"invoices.csv": xero_csv(*lines), **JOBS})
    assert "both orders" in words_of and "'13/10/2026'" in words_of and "'10/13/2026'" in words_of


def test_an_unknown_order_stops_the_run_and_names_the_option(tmp_path):
    sentence = refusal(
        tmp_path,
        {"invoices.csv": xero_csv(xero_line(InvoiceDate="02/03/2026", DueDate="")), **JOBS},
    )
    assert (
        "--date-order dmy" in sentence
        and "--date-order mdy" in sentence
        and "date_order" in sentence
        and "column 'InvoiceDate'" in sentence
        and "'02/03/2026'" in sentence
    )


UNPROVED, DAY_FIRST, MONTH_FIRST = "02/03/2026", "13/03/2026", "03/13/2026"


def test_another_file_of_the_same_system_proves_the_order(tmp_path):
    one, two = (
        xero_line(InvoiceDate=UNPROVED, DueDate=""),
        xero_line(InvoiceNumber="INV-0002", InvoiceDate=MONTH_FIRST, DueDate=""),
    )
    exports = read(tmp_path, {"a.csv": xero_csv(one), "b.csv": xero_csv(two), **JOBS})
    assert exports.invoices["invoice_date"].dt.strftime("%d %b").tolist() == ["03 Feb", "13 Mar"]


def test_a_file_of_the_other_system_proves_nothing(tmp_path):
    files = {
        "a.csv": xero_csv(xero_line(InvoiceDate=UNPROVED, DueDate="")),
        "jobs.csv": jobs_csv(job(date_created=DAY_FIRST)),
    }
    assert "a.csv" in refusal(tmp_path, files)


def test_files_of_one_system_that_prove_different_orders_prove_nothing_for_a_third(tmp_path):
    dates = {"a.csv": DAY_FIRST, "b.csv": MONTH_FIRST, "c.csv": UNPROVED}
    files = {
        name: xero_csv(xero_line(InvoiceNumber=name, InvoiceDate=date, DueDate=""))
        for name, date in dates.items()
    }
    assert "c.csv" in refusal(tmp_path, {**files, **JOBS})
    assert len(read(tmp_path, {**files, **JOBS}, date_order="dmy").invoices) == 3


@pytest.mark.parametrize(
    ("line", "row"),
    [
        pytest.param({"DueDate": "27/03/2026"}, {}, id="due-date-of-invoices"),
        pytest.param(
            {"InvoiceDate": "2026-03-02"}, {"[Job] Due Date": "27/03/2026"}, id="due-date-of-jobs"
        ),
    ],
)
def test_any_date_of_the_file_may_prove_its_order(tmp_path, line, row):
    files = {
        "invoices.csv": xero_csv(xero_line(**{"InvoiceDate": UNPROVED, "DueDate": ""} | line)),
        "jobs.csv": jobs_csv(job(date_created=UNPROVED) | row),
    }
    assert len(read(tmp_path, files if row else files | JOBS).invoices) == 1


# Overlapping files ---------------------------------------------------------------------------------------------------


def overlap(folder, one: list[dict], two: list[dict]):
    return read(folder, {"a.csv": xero_csv(*one), "b.csv": xero_csv(*two), **JOBS})


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"InvoiceAmountPaid": "110.00", "InvoiceAmountDue": "0.00"},
        {"Sent": "Unsent"},
        {"DueDate": "1/12/2026"},
        {"InvoiceDate": "13-Oct-2026"},
        {"TaxTotal": ""},
    ],
)
def test_an_invoice_in_two_files_is_counted_once(tmp_path, again):
    exports = overlap(
        tmp_path,
        [xero_line()],
        [xero_line(**again), xero_line(**again), xero_line(InvoiceNumber="INV-0002")],
    )
    assert numbers(exports) == ["INV-0001", "INV-0002"] and exports.invoices[
        "tax_cents"
    ].tolist() == [1000, 1000]
    assert account(exports, "a.csv") == {"rows": 1, "records": 1} and account(exports, "b.csv") == {
        "rows": 3,
        "records": 1,
        "folded": 2,
    }
    assert words(exports) == [] and exports.invoices["notes"].tolist() == ["", ""]


ADVANCING = ["Draft", "Awaiting Approval", "Awaiting Payment", "Paid", "Deleted", "Voided"]


@pytest.mark.parametrize(("early", "late"), [*pairwise(ADVANCING), ("Draft", "Voided")])
@pytest.mark.parametrize("first", ["early", "late"])
def test_the_more_advanced_status_counts_and_is_noted(tmp_path, early, late, first):
    statuses = (early, late) if first == "early" else (late, early)
    found = only(overlap(tmp_path, *[[xero_line(Status=status)] for status in statuses]))
    assert (found["status"], found["file"]) == (late, "a.csv")
    assert ("b.csv row 2" in found["notes"]) is (first == "early")


@pytest.mark.parametrize(
    ("again", "word"),
    [
        ({"Total": "111.00"}, "total"),
        ({"TaxTotal": "9.00"}, "tax"),
        ({"Reference": "CLI-9"}, "Reference"),
        ({"ContactName": "Beta"}, "contact"),
        ({"InvoiceDate": "14/10/2026"}, "date"),
        ({"Currency": "NZD"}, "currency"),
        ({"Total": "111.00", "Status": "Paid"}, "total"),
    ],
)
def test_an_invoice_that_differs_between_files_is_set_aside_in_both_with_both_places_named(
    tmp_path, again, word
):
    exports = overlap(
        tmp_path, [xero_line(), xero_line(InvoiceNumber="INV-0002")], [xero_line(**again)]
    )
    assert numbers(exports) == ["INV-0002"]
    expected = f"invoice INV-0001 differs in {word} between a.csv row 2 and b.csv row 2"
    assert words(exports, set_aside=True) == [f"a.csv 2: {expected}", f"b.csv 2: {expected}"]
    assert account(exports, "a.csv") == {"rows": 2, "records": 1, "set_aside": 1} and account(
        exports, "b.csv"
    ) == {
        "rows": 1,
        "set_aside": 1,
    }


def test_a_credit_note_and_an_invoice_of_one_number_in_two_files_are_two_documents(tmp_path):
    assert (
        len(
            overlap(
                tmp_path, [xero_line()], [xero_line(Type="Sales credit note", Total="-1.00")]
            ).invoices
        )
        == 2
    )


def test_a_csv_and_a_report_of_the_same_invoices_agree(tmp_path):
    files = {
        "a.csv": xero_csv(),
        "b.xlsx": {"Report": receivable_summary({"Acme Pty Ltd": [report_row(Status="Paid")]})},
        **JOBS,
    }
    assert only(read(tmp_path, files))["status"] == "Paid"


# XPM -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tables", [True, False], ids=["with-table", "without-table"])
def test_the_xpm_exports_are_read_with_and_without_table_in_their_headers(tmp_path, tables):
    files = {
        "invoices.csv": xero_csv(),
        "jobs.csv": jobs_csv(tables=tables),
        "xpm.csv": xpm_csv(
            xpm_invoice(amount="1,000.00", amount_incl_tax="$1,100.00", job_numbers="J1, J2"),
            tables=tables,
        ),
        "clients.csv": xpm_csv(client(billing_details="Head Office"), tables=tables),
    }
    exports = read(tmp_path, files)
    (one,) = exports.jobs.to_dict("records")
    assert (one["job_no"], one["client"], one["client_order_no"], one["state_type"]) == (
        "J000001",
        "Acme Pty Ltd",
        "CLI-1001",
        "standard",
    )
    assert (one["created_on"].date(), one["owner"], one["row"]) == (
        dt.date(2025, 12, 13),
        "Kim Manager",
        2,
    )
    (one,) = exports.xpm_invoices.to_dict("records")
    assert (one["invoice_no"], one["job_nos"], one["total_cents"], one["ex_tax_cents"]) == (
        "INV-0001",
        "J1, J2",
        110000,
        100000,
    )
    assert exports.clients[["client", "billing_details", "status"]].values.tolist() == [
        ["Acme Pty Ltd", "Head Office", "Active"]
    ]
    assert exports.problems == ()


def test_the_partner_owns_a_job_without_a_manager(tmp_path):
    assert read_jobs(tmp_path, job(job_manager="")).jobs["owner"].tolist() == ["Pat Partner"]


@pytest.mark.parametrize(
    ("changes", "owner"),
    [({}, "Pat Partner"), ({"partner": ""}, "Kim Manager"), ({"job_manager": ""}, "Pat Partner")],
    ids=["both", "no-partner", "no-manager"],
)
def test_the_partner_owns_every_job_where_the_settings_say_so(tmp_path, changes, owner):
    exports = read_jobs(tmp_path, job(**changes), owner_column="partner")
    assert exports.jobs["owner"].tolist() == [owner]
    assert not any("Partner" in words for words in exports.assumptions)


@pytest.mark.parametrize(("column", "said"), [("partner", 1), ("job-manager", 0)])
def test_a_partner_who_is_in_no_column_is_said(tmp_path, column, said):
    row = {name: value for name, value in job().items() if name != "[Client] Partner"}
    exports = read_jobs(tmp_path, row, owner_column=column)
    assert exports.jobs["owner"].tolist() == ["Kim Manager"]
    assert (
        sum(
            "no Partner column: the job manager stands as owner" in words
            for words in exports.assumptions
        )
        == said
    )


def test_what_was_not_given_is_none_and_not_empty(tmp_path):
    exports = read_xero(tmp_path)
    assert exports.xpm_invoices is None and exports.clients is None


STATES = [
    ("Planned", "standard", False),
    ("IN PROGRESS", "standard", False),
    ("Completed", "completed", False),
    ("Complete", "completed", False),
    ("On Hold", "on-hold", False),
    ("Cancelled", "cancelled", False),
    ("canceled", "cancelled", False),
    ("Archived", "completed", False),
    (" On Hold ", "on-hold", False),
    ("05. Info complete", "standard", True),
    ("Not completed", "standard", True),
    ("", "standard", True),
]


@pytest.mark.parametrize(
    ("state", "state_type", "assumed"), STATES, ids=[state or "blank" for state, _, _ in STATES]
)
def test_the_type_of_a_state_goes_by_its_name_and_an_assumed_one_is_said(
    tmp_path, state, state_type, assumed
):
    exports = read_jobs(tmp_path, job(state=state))
    assert exports.jobs["state_type"].tolist() == [state_type]
    assert [one for one in exports.assumptions if "taken as Standard" in one] == (
        [
            f"job state {state!r} taken as Standard"
            if state
            else "jobs without a state taken as Standard"
        ]
        if assumed
        else []
    )


def test_the_settings_decide_the_type_of_a_state(tmp_path):
    exports = read_jobs(
        tmp_path,
        job(state="With Client"),
        job(job_no="J2", state="Completed"),
        states={"with client": "on-hold", "completed": "standard"},
    )
    assert (
        exports.jobs["state_type"].tolist() == ["on-hold", "standard"] and exports.assumptions == ()
    )


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"job_no": ""}, "[Job] Job No."),
        ({"date_created": "31/31/26"}, "[Job] Date Created"),
        ({"client_order_no": "#N/A"}, "[Job] Client Order No."),
    ],
)
def test_a_faulty_job_is_set_aside_and_named(tmp_path, change, column):
    exports = read_jobs(tmp_path, job(), job(**{"job_no": "J000002"} | change))
    assert len(exports.jobs) == 1 and account(exports, "jobs.csv") == {
        "rows": 2,
        "records": 1,
        "set_aside": 1,
    }
    assert [(one.row, one.column) for one in exports.problems if one.set_aside] == [(3, column)]


def due(text: str, **changes: str) -> dict[str, str]:
    """A job with a due date as it stands in the file."""
    return job(**changes) | {"[Job] Due Date": text}


# the cell, the day, what is said of it
DUE_DATES = [
    ("30-Nov-2026", dt.date(2026, 11, 30), []),
    ("30/11/2026", dt.date(2026, 11, 30), []),
    ("", None, []),
    ("TBC", None, ["jobs.csv 2: not a date; taken as not known"]),
    ("31/31/26", None, ["jobs.csv 2: not a date; taken as not known"]),
    ("#N/A", None, ["jobs.csv 2: not a date; taken as not known"]),
    ("5/11/2026", None, ["jobs.csv 2: day and month cannot be told apart; taken as not known"]),
]


@pytest.mark.parametrize(
    ("text", "day", "said"), DUE_DATES, ids=[text or "blank" for text, _, _ in DUE_DATES]
)
def test_a_jobs_due_date_informs_and_never_sets_a_job_aside(tmp_path, text, day, said):
    exports = read_jobs(tmp_path, due(text))
    (value,) = exports.jobs["due_on"]
    assert (None if value != value else value.date()) == day
    assert words(exports) == said and not any(one.set_aside for one in exports.problems)


@pytest.mark.parametrize(
    ("settings", "others", "day"),
    [
        pytest.param({"date_order": "dmy"}, [], dt.date(2026, 11, 5), id="stated-day-first"),
        pytest.param({"date_order": "mdy"}, [], dt.date(2026, 5, 11), id="stated-month-first"),
        pytest.param(
            {}, [due("29/06/2026", job_no="J2")], dt.date(2026, 11, 5), id="proved-by-another-row"
        ),
    ],
)
def test_the_order_of_a_due_date_is_told_as_that_of_any_date(tmp_path, settings, others, day):
    exports = read_jobs(tmp_path, due("5/11/2026"), *others, **settings)
    assert exports.jobs["due_on"][0].date() == day and words(exports) == []


def test_without_a_column_of_due_dates_none_is_known(tmp_path):
    assert read_jobs(tmp_path, job()).jobs["due_on"].isna().all()


@pytest.mark.parametrize(
    "texts", [("30-Nov-2026", "14-Nov-2026", ""), ("", "14-Nov-2026", "30-Nov-2026")]
)
def test_a_job_that_is_there_again_with_other_due_dates_has_the_earliest(tmp_path, texts):
    exports = read_jobs(tmp_path, *(due(text) for text in texts))
    assert [day.date() for day in exports.jobs["due_on"]] == [dt.date(2026, 11, 14)]
    assert not any(one.set_aside for one in exports.problems)


def test_jobs_of_one_number_that_differ_are_both_set_aside(tmp_path):
    exports = read_jobs(tmp_path, job(), job(job_no="J2"), job(client="Beta"))
    assert exports.jobs["job_no"].tolist() == ["J2"] and account(exports, "jobs.csv") == {
        "rows": 3,
        "records": 1,
        "set_aside": 2,
    }
    assert [one.row for one in exports.problems if one.set_aside] == [2, 4] and "differ" in words(
        exports
    )[0]


def test_a_job_that_is_there_twice_and_the_same_is_said_and_kept_once(tmp_path):
    exports = read_jobs(tmp_path, job(), job(job_no=" J000001"))
    assert account(exports, "jobs.csv") == {"rows": 2, "records": 1, "folded": 1}
    assert len(words(exports, set_aside=False)) == 1 and "the same" in words(exports)[0]


def test_a_total_row_of_a_report_is_no_job(tmp_path):
    total = dict.fromkeys(job(), "") | {"[Job] Job No.": "Total"}
    assert read_jobs(tmp_path, job(), total).jobs["job_no"].tolist() == ["J000001"]


def test_a_job_without_a_client_is_set_aside(tmp_path):
    exports = read_jobs(tmp_path, job(), job(job_no="J000002", client=""))
    assert exports.jobs["job_no"].tolist() == ["J000001"]
    assert words(exports) == ["jobs.csv 3: a job without a client"]


def test_an_invoice_without_a_contact_is_set_aside(tmp_path):
    exports = read_xero(tmp_path, xero_line(), xero_line(InvoiceNumber="INV-0002", ContactName=" "))
    assert numbers(exports) == ["INV-0001"]
    assert "blank never matches blank" in words(exports)[0]


def with_xpm(folder, *rows: dict, name: str = "xpm.csv"):
    return read(folder, {"invoices.csv": xero_csv(), **JOBS, name: xpm_csv(*rows)})


def test_xpm_invoices_of_one_number_that_differ_are_set_aside_and_remembered(tmp_path):
    exports = with_xpm(
        tmp_path, xpm_invoice(), xpm_invoice(job_numbers="J9"), xpm_invoice(invoice_no="INV-0002")
    )
    assert exports.xpm_invoices["invoice_no"].tolist() == [
        "INV-0002"
    ] and exports.xpm_numbers_set_aside == {"INV-0001"}
    assert account(exports, "xpm.csv") == {"rows": 3, "records": 1, "set_aside": 2}


def test_jobs_whose_rows_could_not_be_used_are_remembered(tmp_path):
    """A date that is none, two rows that differ; not a number of which another row is good."""
    rows = [
        job(job_no="J1", client_order_no="CLI-1", date_created="31/31/26"),
        job(job_no="J2", client_order_no="CLI-2", state="Planned"),
        job(job_no="J2", client_order_no="CLI-2", state="In Progress"),
        job(job_no="J3", client_order_no="CLI-3", date_created="31/31/26"),
        job(job_no="J3", client_order_no="CLI-3"),
    ]
    exports = read(tmp_path, {"invoices.csv": xero_csv(), "jobs.csv": jobs_csv(*rows)})
    assert [(one.job_no, one.client_order_no) for one in exports.jobs_set_aside] == [
        ("J1", "CLI-1"),
        ("J2", "CLI-2"),
    ]
    assert all(one.client for one in exports.jobs_set_aside)
    assert exports.jobs["job_no"].tolist() == ["J3"]


def test_an_xpm_invoice_that_is_there_twice_needs_no_word(tmp_path):
    exports = with_xpm(tmp_path, xpm_invoice(), xpm_invoice())
    assert (
        account(exports, "xpm.csv") == {"rows": 2, "records": 1, "folded": 1}
        and words(exports) == []
    )


def test_an_xpm_invoice_without_a_job_is_kept_and_one_without_a_number_is_not(tmp_path):
    exports = with_xpm(tmp_path, xpm_invoice(job_numbers=""), xpm_invoice(invoice_no=""))
    assert exports.xpm_invoices["job_nos"].tolist() == [""] and account(exports, "xpm.csv") == {
        "rows": 2,
        "records": 1,
        "set_aside": 1,
    }


def test_clients_of_one_name_that_differ_are_set_aside(tmp_path):
    exports = with_xpm(
        tmp_path,
        client(),
        client(status="Archived"),
        client(client="Beta"),
        client(client="acme pty ltd"),
        name="clients.csv",
    )
    assert exports.clients["client"].tolist() == ["Beta", "acme pty ltd"]


# Files and sheets ----------------------------------------------------------------------------------------------------


def test_one_workbook_may_hold_everything(tmp_path):
    sheets = {
        "Invoices": table([xero_line()]),
        "Jobs": table([job()]),
        "In XPM": table([xpm_invoice()]),
        "Pivot": [["Row Labels", "Sum of Total"], ["Acme", 110]],
        "Empty": [],
    }
    exports = read(tmp_path, {"all.xlsx": sheets})
    assert (len(exports.invoices), len(exports.jobs), len(exports.xpm_invoices)) == (1, 1, 1)
    assert [(one.sheet, one.set_aside) for one in exports.problems] == [("Pivot", False)]
    assert [one.sheet for one in exports.inputs if one.role] == ["Invoices", "Jobs", "In XPM"]


def test_a_file_that_is_not_understood_is_a_problem_as_long_as_the_others_suffice(tmp_path):
    exports = read(
        tmp_path,
        {"invoices.csv": xero_csv(), **JOBS, "zoho.csv": OTHER_SYSTEMS["Zoho Books"] + "\r\n"},
    )
    (problem,) = exports.problems
    assert (problem.file, problem.row, problem.set_aside) == (
        "zoho.csv",
        None,
        True,
    ) and "Invoice ID" in problem.problem


def test_the_programs_own_results_are_skipped_without_a_word(tmp_path):
    own = (
        "invoice_no,reference,outcome,belongs_job_no,if_resynced_place\r\nINV-1,CLI-1,ok,J1,job\r\n"
    )
    assert (
        read(tmp_path, {"invoices.csv": xero_csv(), **JOBS, "old-invoices.csv": own}).problems == ()
    )


@pytest.mark.parametrize(
    ("files", "words_of"),
    [({"invoices.csv": xero_csv()}, "no XPM jobs"), (JOBS, "no Xero sales invoices")],
    ids=["no-jobs", "no-invoices"],
)
def test_both_needed_roles_must_be_there(tmp_path, files, words_of):
    sentence = refusal(tmp_path, {**files, "other.csv": OTHER_SYSTEMS["Invoice Ninja"]})
    assert words_of in sentence and "other.csv" in sentence


def test_a_file_taken_for_something_else_is_named_where_its_role_is_missing(tmp_path):
    taken_as_copies = jobs_csv().replace("[Job] Name", "InvoiceNumber")
    with pytest.raises(ReconcileError) as refusal:
        read(tmp_path, {"invoices.csv": xero_csv(), "jobs.csv": taken_as_copies})
    assert (
        "Found invoices.csv: Xero sales invoices; jobs.csv: XPM invoices."
        in refusal.value.messages[-1]
    )


def test_all_files_that_cannot_be_read_are_told_at_once(tmp_path):
    with pytest.raises(ReconcileError) as caught:
        read(tmp_path, {"a.csv": "", "b.csv": "<html>", "invoices.csv": xero_csv(), **JOBS})
    assert [message[:5] for message in caught.value.messages] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    "content",
    [xero_csv().splitlines()[0], xero_csv(xero_line(Total="x"))],
    ids=["header-alone", "every-row-at-fault"],
)
def test_a_needed_file_without_a_usable_row_stops_the_run(tmp_path, content):
    assert "Xero sales invoices" in refusal(tmp_path, {"invoices.csv": content, **JOBS})


def test_windows_1252_and_ragged_rows_are_told_among_the_problems(tmp_path):
    content = xero_csv(xero_line(ContactName="Café")).encode("cp1252") + b"a,b\r\n"
    exports = read(tmp_path, {"invoices.csv": content, **JOBS})
    assert [(one.row, one.set_aside) for one in exports.problems] == [(None, False), (3, True)]
    assert account(exports) == {"rows": 2, "records": 1, "set_aside": 1}


def test_every_row_is_accounted_for_in_a_file_where_everything_happens(tmp_path):
    lines = [
        xero_line(),
        xero_line(),
        xero_line(InvoiceNumber="INV-2"),
        xero_line(InvoiceNumber="INV-2", Total="1"),
        xero_line(InvoiceNumber="INV-3", InvoiceDate="x"),
        xero_line(InvoiceNumber="", Type="Sales overpayment"),
        xero_line(InvoiceNumber=""),
        xero_line(InvoiceNumber="CN-1", Type="Sales credit note"),
    ]
    exports = read(tmp_path, {"invoices.csv": xero_csv(*lines) + "ragged,row\r\n\r\n", **JOBS})
    assert account(exports) == {"rows": 9, "records": 2, "folded": 1, "set_aside": 5, "left_out": 1}


def test_the_order_of_files_changes_nothing_but_the_place_an_invoice_is_read_from(tmp_path):
    one, two = (
        xero_csv(xero_line(Status="Paid")),
        xero_csv(xero_line(), xero_line(InvoiceNumber="INV-2")),
    )
    said = []
    for names in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        exports = read(tmp_path, dict(zip(names, (one, two), strict=True)) | JOBS)
        said.append(
            exports.invoices.sort_values("invoice_no")[
                ["invoice_no", "status", "total_cents"]
            ].values.tolist()
        )
    assert said[0] == said[1]


# A header that comes again, and remarks ---------------------------------------------------------------------------------

AGAIN = "the header again, as where exports are copied below one another"


def test_a_header_that_comes_again_is_set_aside(tmp_path):
    """In a file whose rows below it are bills, too: what is left out is not asked about."""
    header = dict(zip(XERO_44, XERO_44, strict=True))
    bill = xero_line(InvoiceNumber="", Type="Bill", InvoiceDate="31/31/2026")
    exports = read(tmp_path, {"invoices.csv": xero_csv(xero_line(), header, bill), **JOBS})
    assert words(exports) == [
        "invoices.csv None: rows left out, which are no sales invoices: 1 of type 'Bill'",
        f"invoices.csv 3: {AGAIN}",
    ]
    (problem,) = (one for one in exports.problems if one.set_aside)
    assert (problem.column, problem.value) == ("InvoiceNumber", "InvoiceNumber")
    assert account(exports) == {"rows": 3, "records": 1, "set_aside": 1, "left_out": 1}


@pytest.mark.parametrize(
    ("rows", "aside"),
    [
        pytest.param(["[Client] Client,[Client] Status", "Acme,Active", "[Client] Client,[Client] Status"], [f"clients.csv 3: {AGAIN}"], id="two columns"),
        pytest.param(["[Client] Client,[Client] Status", "Acme,[Client] Status"], [], id="one cell of two like its header"),
    ],
)  # fmt: skip
def test_a_row_is_a_header_when_all_its_cells_are(tmp_path, rows, aside):
    exports = read(tmp_path, {"invoices.csv": xero_csv(), "clients.csv": "\n".join(rows), **JOBS})
    assert words(exports, set_aside=True) == aside
    assert len(exports.clients) == len(rows) - 1 - len(aside)


def test_a_remark_on_a_text_is_said_once_with_the_number_of_its_rows(tmp_path):
    """Counted are the rows that are read: a bill's are none."""
    lines = [xero_line(InvoiceNumber=f"INV-{at}", Reference="CLI\u20131001") for at in range(3)]
    bill = xero_line(InvoiceNumber="B-1", Type="Bill", Reference="CLI\u20131001")
    other = xero_line(InvoiceNumber="INV-9", Reference="CLI\u20131002")
    exports = read(tmp_path, {"invoices.csv": xero_csv(bill, *lines, other, bill), **JOBS})
    assert words(exports)[1:] == [
        "invoices.csv 3: en dash instead of a hyphen, in 3 rows from this one on",
        "invoices.csv 6: en dash instead of a hyphen",
    ]
    assert [one.value for one in exports.problems[1:]] == ["CLI\u20131001", "CLI\u20131002"]
