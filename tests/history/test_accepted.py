"""What people said is not a problem is out of the counts until its facts change, and then it is back and says what changed.

Source: contract.md "nothing typed is lost"; accepted.py.
"""

import json

import pytest
from click.testing import CliRunner
from made.builders import ACME, NEVER, invoice, job, result_of
from made.files import let_rest
from openpyxl import load_workbook

from reconcile.cli.main import main
from reconcile.history.accepted import changes

BLANK_JOB = {"invoices": [invoice("CLI-5")], "jobs": [job(order="")], "xpm_invoices": NEVER}
REVIEWED = {
    "invoices": [invoice("")],
    "jobs": [job("J1", "", state="Complete")],
    "xpm_invoices": NEVER,
}


def said_of(result):
    """Somebody said of all of it that it is no problem."""
    ledger = result.findings.ledger
    reviewed = ledger[ledger["identity"] != ""]
    return {fix.identity: fix.facts for fix in result.fixes} | dict(
        zip(reviewed["identity"], reviewed["facts"], strict=True)
    )


def after(before, said=None, **now):
    """The practice as it is now, when all of it was said to be no problem before."""
    from made.builders import TODAY, practice

    from reconcile.pipeline import decide_practice
    from reconcile.settings.model import Settings

    return decide_practice(
        practice(**now), Settings(), TODAY, said=said or said_of(result_of(**before))
    )


def outcomes(result):
    return dict(
        zip(result.findings.ledger["invoice_no"], result.findings.ledger["outcome"], strict=True)
    )


@pytest.mark.parametrize("practice", [BLANK_JOB, REVIEWED], ids=["a fix", "a review"])
def test_what_was_said_to_be_no_problem_counts_nowhere(practice):
    before = result_of(**practice)
    assert before.exit_code == 10
    now = after(practice, **practice)
    assert (now.exit_code, now.fixes, now.forecast.invoices) == (0, (), 0)
    assert outcomes(now) == {"INV-1": "none"} and now.totals.by_outcome["none"].invoices == 1
    row = now.findings.ledger.iloc[0]
    assert (
        row["notes"].startswith("not a problem, as somebody typed") and row["belongs_job_no"] == ""
    )
    assert len(now.accepted) == len(before.fixes)


def test_its_job_has_no_finding_any_more():
    assert list(result_of(**BLANK_JOB).findings.jobs["finding"]) == ["non-billing-job"]
    jobs = after(BLANK_JOB, **BLANK_JOB).findings.jobs
    assert (list(jobs["finding"]), list(jobs["role"])) == ([""], ["non-billing"])


def with_invoice(**changed):
    return {**BLANK_JOB, "invoices": [invoice("CLI-5", **changed)]}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param(with_invoice(cents=5), "INV-1: total was 1,100.00, now 0.05", id="amount"),
        pytest.param(
            {**BLANK_JOB, "jobs": [job(order="", state="Planned")]},
            "J1: state was In Progress, now Planned",
            id="state",
        ),
        pytest.param(
            {**BLANK_JOB, "invoices": [invoice("CLI-5"), invoice("CLI-5", no="INV-2")]},
            "INV-2 is new in it",
            id="a new invoice",
        ),
    ],
)
def test_it_is_back_when_its_facts_change_and_says_which(now, words):
    result = after(BLANK_JOB, **now)
    (fix,) = result.fixes
    assert fix.back == f"somebody typed that it is not a problem; since then {words}"
    assert result.exit_code == 10 and result.accepted == ()


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(with_invoice(status="Paid"), id="it was paid"),
        pytest.param(
            {**BLANK_JOB, "jobs": [*BLANK_JOB["jobs"], job("J9", "CLI-9", client="Zenith Dental")]},
            id="another client's job",
        ),
    ],
)
def test_it_stays_out_when_nothing_of_its_own_changes(now):
    assert after(BLANK_JOB, **now).fixes == ()


def test_it_stays_out_when_an_invoice_has_left():
    two = {**BLANK_JOB, "invoices": [invoice("CLI-5"), invoice("CLI-5", no="INV-2")]}
    assert after(two, **BLANK_JOB).fixes == ()


def test_a_review_is_back_with_a_note():
    result = after(REVIEWED, **{**REVIEWED, "invoices": [invoice("", cents=7)]})
    assert outcomes(result) == {"INV-1": "review"}
    assert (
        "since then INV-1: total was 1,100.00, now 0.07" in result.findings.ledger.iloc[0]["notes"]
    )


@pytest.mark.parametrize(
    "then", ["", "not JSON", "{}", "[]", '{"invoices":[],"jobs":{}}'], ids=repr
)
def test_facts_that_cannot_be_read_bring_it_back(then):
    (fix,) = result_of(**BLANK_JOB).fixes
    result = after(BLANK_JOB, said={fix.identity: then}, **BLANK_JOB)
    assert len(result.fixes) == 1 and result.fixes[0].back


def test_facts_too_long_for_a_cell_still_tell_whether_they_changed():
    many = {**BLANK_JOB, "invoices": [invoice("CLI-5", no=f"INV-{n}") for n in range(1_000)]}
    (fix,) = result_of(**many).fixes
    assert len(fix.facts) < 100
    assert after(many, **many).fixes == ()
    changed = {
        **many,
        "invoices": [*many["invoices"][:-1], invoice("CLI-5", no="INV-999", cents=1)],
    }
    assert after(many, **changed).fixes[0].back.endswith("what it rests on has changed")


def test_two_invoices_of_one_number_are_two_facts():
    two = [invoice("", no="INV-1"), invoice("", no="INV-1", contact="Zenith Dental")]
    practice = {
        "invoices": two,
        "jobs": [job(order="CLI-1"), job("J2", "CLI-1", client="Zenith Dental")],
        "xpm_invoices": NEVER,
    }
    assert after(practice, **practice).exit_code == 0


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (
            '{"invoices":{},"jobs":{"J1":["A","","x"]}}',
            '{"invoices":{},"jobs":{"J1":["A","C","x"]}}',
            ["J1: Client Order No. was blank, now C"],
        ),
        ('{"invoices":{"1":["a"]},"jobs":{}}', '{"invoices":{},"jobs":{}}', []),
    ],
)
def test_changes_in_words(then, now, words):
    assert changes(then, now) == words


# Through the workbook -----------------------------------------------------------------------------------------------------

XERO = "ContactName,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,Currency,Type,Status\n"
JOBS = "[Job] Job No.,[Client] Client,[Job] Client Order No.,[State] State\nJ1,Acme Pty Ltd,,In Progress\nJ2,Zenith Dental,CLI-2,Complete\n"
XPM = "[Invoice] Invoice No.,[Invoice] Job Number(s),[Invoice] Date,[Invoice] Client,[Invoice] Amount (incl tax)\n"


def run(folder, total="100.00"):
    """A night of a small practice: one fix, one invoice to review; the exit code, and fixlist.json."""
    rows = f"{ACME},INV-1,CLI-5,2/11/2026,16/11/2026,{total},AUD,Sales invoice,Awaiting Payment\n"
    rows += (
        f"Zenith Dental,INV-2,,20/11/2026,30/11/2026,{total},AUD,Sales invoice,Awaiting Payment\n"
    )
    for name, text in (("xero.csv", XERO + rows), ("jobs.csv", JOBS), ("xpm.csv", XPM)):
        (folder / name).write_text(text, encoding="utf-8")
    let_rest(folder)
    files = [str(folder / name) for name in ("xero.csv", "jobs.csv", "xpm.csv")]
    command = ["run", *files, "--as-of", "2026-11-23", "--out", str(folder / "out")]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    return done.exit_code, json.loads((folder / "out" / "fixlist.json").read_text(encoding="utf-8"))


def type_status(folder, sheet, header, word, note=""):
    book = load_workbook(folder / "out" / "fixlist.xlsx")
    at = {cell.value: cell.column for cell in book[sheet][1]}
    outcome = at.get("outcome")
    rows = [
        row
        for row in range(2, book[sheet].max_row + 1)
        if not outcome or book[sheet].cell(row, outcome).value in ("review", "none")
    ]
    book[sheet].cell(rows[0], at[header], word)
    book[sheet].cell(rows[0], at["note" if sheet == "Fix list" else "review note"], note or None)
    book.save(folder / "out" / "fixlist.xlsx")


def test_it_is_typed_into_the_workbook_kept_there_reopened_and_brought_back(tmp_path):
    assert run(tmp_path)[0] == 10
    type_status(tmp_path, "Fix list", "status", "Not a problem", "agreed with the partner")
    type_status(tmp_path, "Invoices", "review status", "Not a problem")
    for _ in range(2):  # it holds from night to night
        code, document = run(tmp_path)
        assert (code, document["fixes"], document["totals"]["by_outcome"]["none"]["invoices"]) == (
            0,
            [],
            2,
        )
        assert [one["invoices"] for one in document["accepted"]] == [["INV-1"]]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Said to be no problem" in page and "agreed with the partner" in page
    type_status(tmp_path, "Fix list", "status", "Open")
    code, document = run(tmp_path)
    assert (code, len(document["fixes"]), document["fixes"][0]["back"]) == (10, 1, None)
    type_status(tmp_path, "Fix list", "status", "Not a problem")
    assert run(tmp_path)[0] == 0
    code, document = run(tmp_path, total="200.00")
    assert code == 10 and document["fixes"][0]["back"].endswith(
        "INV-1: total was 100.00, now 200.00"
    )
    assert "now 200.00" in " ".join(document["invoices"][1]["notes"])
    sheet = load_workbook(tmp_path / "out" / "fixlist.xlsx")["Fix list"]
    at = {cell.value: cell.column for cell in sheet[1]}
    assert (
        sheet.cell(2, at["status"]).value == "Open"
        and "now 200.00" in sheet.cell(2, at["why"]).value
    )
    assert "not a problem" in page.casefold()


def test_a_folder_named_by_its_day_takes_up_what_was_typed_the_day_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(tmp_path)
    (tmp_path / "fixlist-2026-11-20").mkdir()
    type_status(tmp_path, "Fix list", "status", "Not a problem")
    (tmp_path / "out" / "fixlist.xlsx").rename(tmp_path / "fixlist-2026-11-20" / "fixlist.xlsx")
    CliRunner().invoke(
        main,
        ["run", "xero.csv", "jobs.csv", "xpm.csv", "--as-of", "2026-11-23"],
        catch_exceptions=False,
    )
    document = json.loads(
        (tmp_path / "fixlist-2026-11-23" / "fixlist.json").read_text(encoding="utf-8")
    )
    assert (document["fixes"], len(document["accepted"])) == ([], 1)
