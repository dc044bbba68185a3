"""reconcile init: what a first settings file says, that it is read back without fault, and that a run goes at once."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from made import depth
from made.files import (
    job,
    jobs_csv,
    report_row,
    save,
    table,
    write_workbook,
    xero_csv,
    xero_line,
    xpm_csv,
    xpm_invoice,
)

from reconcile.cli.main import main
from reconcile.errors import ReconcileError
from reconcile.settings.keys import KEYS, SECTIONS
from reconcile.settings.model import read_settings
from reconcile.setup.first_settings import Survey, compose, survey_exports

law = depth.law(30, 100)


@pytest.fixture
def practice(tmp_path, monkeypatch) -> Path:
    """A folder with the three exports of a small practice in `exports`, in which nothing is wrong."""
    (tmp_path / "exports").mkdir()
    save(tmp_path / "exports" / "xero-invoices.csv", xero_csv())
    save(
        tmp_path / "exports" / "xpm-jobs.csv",
        jobs_csv(job(), job(job_no="J2", client_order_no="CLI-2", state="With client")),
    )
    save(tmp_path / "exports" / "xpm-invoices.csv", xpm_csv(xpm_invoice()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def init(*arguments: str) -> dict:
    """The settings that init writes, as TOML reads them."""
    assert invoke("init", *arguments).exit_code == 0
    return tomllib.loads(Path("reconcile.toml").read_text(encoding="utf-8"))


def test_the_file_says_what_was_found_and_a_run_goes_at_once(practice):
    assert init("exports") == {
        "practice": {"name": ""},
        "inputs": {
            "xero_invoices": "exports/xero-invoices.csv",
            "xpm_jobs": "exports/xpm-jobs.csv",
            "xpm_invoices": "exports/xpm-invoices.csv",
        },
        "reading": {"date_order": "dmy"},
        "import": {},
        "states": {"In Progress": "standard", "With client": "standard"},
        **{
            section: {}
            for section in ("rules", "minutes", "owners", "output", "history", "notify", "log")
        },
    }
    assert invoke("run", "--as-of", "2026-10-14").exit_code == 0
    assert Path("fixlist-2026-10-14/fixlist.json").is_file()


def test_the_file_says_that_months_come_first(practice):
    line = xero_line(InvoiceDate="10/13/2026", DueDate="")
    save(practice / "exports" / "xero-invoices.csv", xero_csv(line))
    assert init("exports")["reading"] == {"date_order": "mdy"}


def test_the_file_explains_every_key_and_ends_with_the_next_command(practice):
    init("exports")
    text = Path("reconcile.toml").read_text(encoding="utf-8")
    for section, keys in KEYS.items():
        for name, key in keys.items():
            assert key.meaning in text.split(f"[{section}]")[1].split("\n[")[0], name
    assert text.endswith("# Now type: reconcile run\n")
    assert '"With client" = "standard"              # ASSUMED: check in XPM\n' in text
    assert '"In Progress" = "standard"              # by its name\n' in text
    assert 'proved by "13/10/2026" in "xero-invoices.csv"' in text


def test_every_line_behind_a_sign_is_a_sound_setting_too(practice):
    """Taking each # away gives a file that is read without fault, with every key in it."""
    init("exports")
    lines = Path("reconcile.toml").read_text(encoding="utf-8").splitlines()
    opened = [line.removeprefix("# ") if " = " in line.split("  #")[0] else line for line in lines]
    path = save(Path("open.toml"), "\n".join(opened))
    read_settings(path)
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert list(document) == list(SECTIONS)
    assert {name: set(document[name]) for name in KEYS} == {
        name: set(keys) for name, keys in KEYS.items()
    }


def test_what_is_to_do_by_hand_goes_to_stderr(practice):
    result = invoke("init", "exports")
    assert result.stdout == "reconcile.toml\n"
    assert result.stderr.splitlines() == [
        "to check under [states]: 'With client' taken as Standard, which nothing shows",
        "to fill in: the name under [practice]",
        "Now: reconcile run",
    ]


def test_a_file_that_is_there_stays_unless_it_is_said(practice):
    save(Path("reconcile.toml"), "[practice]\nname = 'Mine'\n")
    result = invoke("init", "exports")
    assert result.exit_code == 2 and "is there already" in result.stderr
    assert "Mine" in Path("reconcile.toml").read_text(encoding="utf-8")
    assert invoke("init", "exports", "--force").exit_code == 0
    assert "Mine" not in Path("reconcile.toml").read_text(encoding="utf-8")


def test_paths_count_from_the_folder_of_the_file(practice):
    result = invoke("init", "exports", "--config", "settings of mine/mine.toml")
    assert result.stderr.endswith('Now: reconcile run --config "settings of mine/mine.toml"\n')
    path = Path("settings of mine/mine.toml")
    assert read_settings(path).inputs[0].pattern == "../exports/xero-invoices.csv"
    assert path.read_text(encoding="utf-8").endswith(
        "# Now type: reconcile run --config mine.toml\n"
    )
    assert invoke("run", "--config", str(path), "--as-of", "2026-10-14").exit_code == 0


def test_a_pattern_stays_one_where_its_files_are_of_one_kind(practice):
    save(
        practice / "exports" / "xero-2.csv",
        xero_csv(xero_line(InvoiceNumber="INV-2", Reference="CLI-2")),
    )
    assert init("exports/xero*.csv", "exports/xpm*.csv")["inputs"] == {
        "xero_invoices": "exports/xero*.csv",
        "xpm_jobs": "exports/xpm-jobs.csv",
        "xpm_invoices": "exports/xpm-invoices.csv",
    }


def test_several_files_of_a_kind_are_a_list(practice):
    save(
        practice / "exports" / "xero-2.csv",
        xero_csv(xero_line(InvoiceNumber="INV-2", Reference="CLI-2")),
    )
    assert init("exports")["inputs"]["xero_invoices"] == [
        "exports/xero-2.csv",
        "exports/xero-invoices.csv",
    ]
    assert len(read_settings(Path("reconcile.toml")).inputs) == 4


def test_a_workbook_with_a_sheet_for_each_stands_under_each_and_a_run_reads_them_all(practice):
    sheets = {
        "Xero": table([report_row()]),
        "Jobs": table([job(state="In Progress")]),
        "XPM": table([xpm_invoice()]),
    }
    write_workbook(practice / "all.xlsx", sheets)
    assert init("all.xlsx")["inputs"] == dict.fromkeys(
        ("xero_invoices", "xpm_jobs", "xpm_invoices"), "all.xlsx"
    )
    assert invoke("run", "--as-of", "2026-10-14").exit_code == 0


def test_results_of_earlier_runs_are_no_inputs(practice):
    invoke("run", "exports", "--as-of", "2026-10-14", "--out", "exports")
    assert set(init("exports")["inputs"]["xero_invoices"].split()) == {"exports/xero-invoices.csv"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param(
            "exports/xpm-jobs.csv", None, "to mend: no XPM jobs among the files given", id="no-jobs"
        ),
        pytest.param(
            "exports/other.csv",
            "Client Name,Invoice #\nA,1\n",
            "to mend: other.csv: not understood",
            id="not-understood",
        ),
        pytest.param("exports/empty.csv", "", "to mend: empty.csv: the file is empty", id="empty"),
        pytest.param(
            "exports/xero-invoices.csv",
            xero_csv(xero_line(InvoiceDate="01/02/2026", DueDate="03/04/2026")),
            "to mend: xero-invoices.csv: column 'InvoiceDate': day and month cannot be told apart",
            id="dates-that-prove-nothing",
        ),
    ],
)
def test_20_when_something_is_missing_and_the_file_is_written_all_the_same(
    practice, name, content, words
):
    if content is None:
        (practice / name).unlink()
    else:
        save(practice / name, content)
    result = invoke("init", "exports")
    assert result.exit_code == 20 and words in result.stderr
    assert read_settings(Path("reconcile.toml")).inputs


def test_dates_that_prove_nothing_leave_their_order_open(practice):
    save(
        practice / "exports" / "xero-invoices.csv",
        xero_csv(xero_line(InvoiceDate="01/02/2026", DueDate="03/04/2026")),
    )
    invoke("init", "exports")
    assert '# date_order = "auto"' in Path("reconcile.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no such file or folder"),
        (["junk"], "no export of Xero or XPM among the files given"),
        ([], "Missing argument 'PATH...'"),
    ],
)
def test_2_when_there_is_nothing_to_find_and_nothing_is_written(practice, arguments, words):
    (practice / "junk").mkdir()
    save(practice / "junk" / "a.csv", "Colour,Shape\nred,round\n")
    result = invoke("init", *arguments)
    assert result.exit_code == 2 and words in result.stderr
    assert not Path("reconcile.toml").exists()


@pytest.mark.parametrize(
    ("state", "kind", "remark"),
    [
        ("Completed", "completed", "by its name"),
        ("ON HOLD", "on-hold", "by its name"),
        ('Say "done"', "standard", "ASSUMED"),
        (r"C:\temp", "standard", "ASSUMED"),
        ("Bei Kundin – Überprüfung", "standard", "ASSUMED"),
        ("a = b # c", "standard", "ASSUMED"),
    ],
)
def test_a_state_of_the_jobs_stands_under_states(practice, state, kind, remark):
    save(
        practice / "exports" / "xpm-jobs.csv",
        jobs_csv(job(state=state), job(job_no="J2", state="")),
    )
    assert init("exports")["states"] == {state: kind}
    section = (
        Path("reconcile.toml").read_text(encoding="utf-8").split("\n[states]")[1].split("\n\n")[0]
    )
    assert f'= "{kind}" ' in section and remark in section
    assert read_settings(Path("reconcile.toml")).states == {state.casefold(): kind}


def test_a_state_in_other_capitals_stands_once(practice):
    save(
        practice / "exports" / "xpm-jobs.csv",
        jobs_csv(job(state="with client"), job(job_no="J2", state="With client")),
    )
    assert init("exports")["states"] == {"With client": "standard"}


def read_back(survey: Survey):
    with tempfile.TemporaryDirectory() as folder:
        return read_settings(
            save(Path(folder) / "reconcile.toml", compose(survey, "reconcile run"))
        )


@law
@given(st.text(), st.sampled_from(["standard", "on-hold"]), st.booleans())
@example("\\", "on-hold", False)
@example("'\\", "on-hold", False)
@example('"""', "standard", True)
@example("\u2028[log]\x85file = 1", "standard", False)
def test_any_text_as_the_name_of_a_state_is_read_back_the_same(name, kind, known):
    survey = Survey({"xpm_jobs": ["jobs.csv"]}, states=((name, kind, known),))
    assert read_back(survey).states == {name.strip().casefold(): kind}


@law
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1).filter(str.strip),
    st.text(),
)
@example(r"\\server\share\new exports\xero*.csv", "\n[log]")
@example(r"S:\Kim's exports\x.csv", '"')
def test_any_path_and_proof_is_read_back_the_same(path, proof):
    from reconcile.settings.toml_text import write_text

    survey = Survey({"xero_invoices": [path], "xpm_jobs": [path, "b"]}, "mdy", write_text(proof))
    found = read_back(survey)
    assert [(one.role, one.pattern) for one in found.inputs] == [
        ("xero_invoices", path),
        ("xpm_jobs", path),
        ("xpm_jobs", "b"),
    ]
    assert found.date_order == "mdy"


def test_a_file_on_another_drive_is_named_in_full(practice, monkeypatch):
    """Windows knows no relative path from one drive to another; here the system's answer is put in."""
    import os

    def refuse(path, start):
        raise ValueError("path is on mount 'S:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", refuse)
    survey = survey_exports(["exports/xpm-jobs.csv", "exports/xero-invoices.csv"], Path())
    assert survey.inputs["xpm_jobs"] == [str(practice / "exports" / "xpm-jobs.csv")]


def test_a_survey_without_any_export_raises(practice):
    save(practice / "a.csv", "x")
    with pytest.raises(ReconcileError, match=r"a\.csv: "):
        survey_exports(["a.csv"], Path())
