"""Settings: defaults, the file, what is given outright; every fault with its line and the nearest right name."""

from __future__ import annotations

import datetime as dt
from dataclasses import FrozenInstanceError

import pytest
from made.files import save

from reconcile.errors import ReconcileError
from reconcile.settings.model import InputPath, Minutes, Settings, find_origins, read_settings

COMPLETE = """
[practice]
name = "Demo Accountants"

[inputs]
xero_invoices = ["exports/xero*.csv", 'S:\\exports\\older.csv']
xpm_jobs = "exports/xpm-jobs.csv"
pick = "newest"

[reading]
date_order = "dmy"
max_age_days = 3

[import]
adhoc = "with-reference"
profile = "xero"
window_days = 10
xero_lock_date = 2026-06-30
xpm_lock_date = 2026-03-31

[states]
"With client" = "on-hold"
Lodged = "completed"

[rules]
drafts = "fix"
cents_tolerance = 0

[minutes]
edit_job = 2
set_reference = 3
touch = 4
delete = 5

[owners]
column = "partner"

[output]
folder = "fixlist"
keep_runs = 7

[history]
path = "reconcile-history.db"

[notify]
on = ["worse", "failed", "worse"]
urls_file = "notify-urls.txt"
heartbeat_file = "heartbeat-url.txt"

[log]
file = "reconcile.log"
"""


def settings_of(folder, text: str, **given):
    return read_settings(save(folder / "reconcile.toml", text), **given)


def faults_of(folder, text: str | bytes) -> tuple[str, ...]:
    path = save(folder / "reconcile.toml", text)
    with pytest.raises(ReconcileError) as caught:
        read_settings(path)
    assert caught.value.exit_code == 2 and all(
        str(path) in message for message in caught.value.messages
    )
    return caught.value.messages


def test_without_a_file_the_defaults_are_the_contracts():
    found = read_settings(None)
    assert found == Settings()
    assert (found.date_order, found.adhoc, found.profile, found.window_days) == (
        "auto",
        "off",
        "ignition",
        14,
    )
    assert (found.drafts, found.cents_tolerance, found.max_age_days, found.lock_date) == (
        "none",
        5,
        None,
        None,
    )
    assert found.minutes == Minutes(edit_job=1, set_reference=1, touch=2, delete=1)
    assert (found.inputs, found.pick, found.owner_column, found.keep_runs) == (
        (),
        "all",
        "job-manager",
        30,
    )
    assert found.notify_on == ("new", "worse", "fixed", "failed")
    paths = (
        found.output_folder,
        found.history_path,
        found.urls_file,
        found.heartbeat_file,
        found.log_file,
    )
    assert paths == (None,) * 5


def test_every_key_of_the_contract_is_read(tmp_path):
    place = f"{tmp_path / 'reconcile.toml'}: line"
    assert settings_of(tmp_path, COMPLETE) == Settings(
        practice="Demo Accountants",
        inputs=(
            InputPath("xero_invoices", "exports/xero*.csv", tmp_path, f"{place} 6"),
            InputPath("xero_invoices", r"S:\exports\older.csv", tmp_path, f"{place} 6"),
            InputPath("xpm_jobs", "exports/xpm-jobs.csv", tmp_path, f"{place} 7"),
        ),
        pick="newest",
        date_order="dmy",
        max_age_days=3,
        adhoc="with-reference",
        profile="xero",
        window_days=10,
        xero_lock_date=dt.date(2026, 6, 30),
        xpm_lock_date=dt.date(2026, 3, 31),
        states={"with client": "on-hold", "lodged": "completed"},
        drafts="fix",
        cents_tolerance=0,
        minutes=Minutes(2, 3, 4, 5),
        owner_column="partner",
        output_folder=tmp_path / "fixlist",
        keep_runs=7,
        history_path=tmp_path / "reconcile-history.db",
        notify_on=("worse", "failed"),
        urls_file=tmp_path / "notify-urls.txt",
        heartbeat_file=tmp_path / "heartbeat-url.txt",
        log_file=tmp_path / "reconcile.log",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a remark\n",
        "[import]\n",
        "\ufeff[practice]\n",
        "[import]\r\nwindow_days = 14\r\n",
    ],
)
def test_what_a_file_does_not_say_stays_at_its_default(tmp_path, text):
    assert settings_of(tmp_path, text) == Settings()


def test_what_is_given_outright_beats_the_file_and_nothing_given_does_not(tmp_path):
    found = settings_of(tmp_path, COMPLETE, adhoc="all", date_order=None)
    assert (found.adhoc, found.date_order) == ("all", "dmy")


@pytest.mark.parametrize(
    ("xero", "xpm", "lock"),
    [
        (None, None, None),
        ("2026-06-30", None, "2026-06-30"),
        (None, "2026-06-30", "2026-06-30"),
        ("2026-06-30", "2026-07-31", "2026-07-31"),
    ],
)
def test_the_later_of_the_two_lock_dates_counts(xero, xpm, lock):
    dates = [dt.date.fromisoformat(one) if one else None for one in (xero, xpm, lock)]
    assert Settings(xero_lock_date=dates[0], xpm_lock_date=dates[1]).lock_date == dates[2]


def test_settings_cannot_be_changed(tmp_path):
    found = settings_of(tmp_path, COMPLETE)
    with pytest.raises(FrozenInstanceError):
        found.adhoc = "off"
    with pytest.raises(TypeError):
        found.states["lodged"] = "standard"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param(
            "[imports]\n", 1, "unknown section [imports]; did you mean 'import'?", id="section"
        ),
        pytest.param(
            "\n\n[schedule]\nat = 7\n", 3, "unknown section [schedule]", id="section-unlike-any"
        ),
        pytest.param(
            "[import]\nad_hoc = 'off'\n",
            2,
            "unknown key 'ad_hoc' in [import]; did you mean 'adhoc'?",
            id="key",
        ),
        pytest.param(
            "[practice]\nname = 'x'\n[minutes]\nedit_jobs = 1\n",
            4,
            "did you mean 'edit_job'?",
            id="key-of-a-later-section",
        ),
        pytest.param(
            "[import]\nadhoc = 'with-references'\n", 2, "did you mean 'with-reference'?", id="word"
        ),
        pytest.param(
            "[import]\n# adhoc = 'off'\n\nadhoc = 'on'\n",
            4,
            "must be one of off, all, with-reference",
            id="word-unlike-any",
        ),
        pytest.param(
            "[import]\nprofile = 1\n", 2, "must be one of ignition, xero", id="word-not-a-text"
        ),
        pytest.param(
            "[reading]\ndate_order = ['dmy']\n",
            2,
            "must be one of dmy, mdy, auto",
            id="word-in-a-list",
        ),
        pytest.param(
            "[import]\nwindow_days = '14'\n",
            2,
            "must be a whole number from 0 to 3650. Found '14'",
            id="number-in-quotes",
        ),
        pytest.param(
            "[import]\nwindow_days = -1\n", 2, "must be a whole number", id="number-negative"
        ),
        pytest.param(
            "[import]\nwindow_days = 1.5\n", 2, "must be a whole number", id="number-with-decimals"
        ),
        pytest.param(
            "[import]\nwindow_days = true\n", 2, "must be a whole number", id="number-true"
        ),
        pytest.param(
            "[import]\nxero_lock_date = '2026-06-30'\n",
            2,
            "must be a date without quotes",
            id="date-in-quotes",
        ),
        pytest.param(
            "[import]\nxpm_lock_date = 2026-06-30T00:00:00\n",
            2,
            "must be a date without quotes",
            id="date-with-a-time",
        ),
        pytest.param("[practice]\nname = 3\n", 2, "must be a text in quotes", id="text"),
        pytest.param(
            "[states]\nA = 'standard'\n'With client' = 'onhold'\n",
            3,
            "did you mean 'on-hold'?",
            id="state-type",
        ),
        pytest.param(
            "[states]\nA = 3\n",
            2,
            "must be one of standard, completed, on-hold, cancelled",
            id="state-type-not-a-text",
        ),
        pytest.param("practice = 'Demo'\n", 1, "practice must be a section", id="section-as-key"),
        pytest.param(
            "\nadhoc = 'off'\n",
            2,
            "adhoc stands outside its section. Write [import] on a line",
            id="key-above-all-sections",
        ),
        pytest.param(
            "adhox = 'off'\n",
            1,
            "unknown key 'adhox' outside all sections",
            id="unknown-above-all-sections",
        ),
        pytest.param(
            "[reading]\nadhoc = 'off'\n",
            2,
            "unknown key 'adhoc' in [reading]; it belongs under [import]",
            id="wrong-section",
        ),
        pytest.param(
            "[inputs]\nxero_invoice = 'a.csv'\n",
            2,
            "did you mean 'xero_invoices'?",
            id="role-with-a-slip",
        ),
        pytest.param(
            "[inputs]\nxpm_jobs = 3\n",
            2,
            "must be a path in quotes, or a list of them. Found 3",
            id="path",
        ),
        pytest.param(
            "[inputs]\nxpm_jobs = []\n", 2, "must be a path in quotes", id="no-path-in-a-list"
        ),
        pytest.param(
            "[inputs]\nxpm_jobs = [\n'a.csv',\n3]\n",
            2,
            "must be a path in quotes",
            id="list-with-a-number",
        ),
        pytest.param(
            "[output]\nfolder = ' '\n", 2, "folder must be a path in quotes. Found", id="path-blank"
        ),
        pytest.param(
            "[output]\nfolder = ['a']\n",
            2,
            "folder must be a path in quotes. Found",
            id="one-path-as-list",
        ),
        pytest.param(
            '[output]\nfolder = "C:\\temp"\n',
            2,
            r"holds a tab or a line break. Within double quotes",
            id="path-with-a-tab",
        ),
        pytest.param("[inputs]\npick = 'newst'\n", 2, "did you mean 'newest'?", id="pick"),
        pytest.param(
            "[output]\nkeep_runs = 0\n",
            2,
            "must be a whole number from 1 to 3650. Found 0",
            id="no-runs-kept",
        ),
        pytest.param(
            "[owners]\ncolumn = 'manager'\n", 2, "did you mean 'job-manager'?", id="owner"
        ),
        pytest.param(
            "[notify]\non = 'new'\n",
            2,
            'must be a list of words, like ["new"]. Found',
            id="one-word-as-text",
        ),
        pytest.param(
            "[notify]\non = ['new', 'fix']\n",
            2,
            "may hold new, worse, fixed, failed; did you mean 'fixed'?",
            id="words",
        ),
    ],
)
def test_a_fault_is_named_with_its_line_and_the_nearest_right_name(tmp_path, text, line, words):
    (message,) = faults_of(tmp_path, text)
    assert f"reconcile.toml: line {line}: " in message and words in message


def test_a_key_of_another_section_does_not_take_its_line(tmp_path):
    (message,) = faults_of(tmp_path, "[states]\nadhoc = 'standard'\n[import]\nadhoc = 'on'\n")
    assert "line 4" in message


def test_all_faults_are_told_at_once(tmp_path):
    assert (
        len(
            faults_of(tmp_path, "[import]\nadhoc = 'x'\nprofile = 'y'\n[rule]\n[states]\nA = 'z'\n")
        )
        == 4
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("[import\n", "not valid TOML", id="broken"),
        pytest.param("[import]\nadhoc = off\n", "not valid TOML", id="text-without-quotes"),
        pytest.param("[import]\nadhoc = 'off'\nadhoc = 'all'\n", "not valid TOML", id="key-twice"),
        pytest.param(
            "[practice]\nname = 'Café'\n".encode("cp1252"), "save it as UTF-8", id="not-utf-8"
        ),
    ],
)
def test_a_file_that_is_no_toml_is_named(tmp_path, content, words):
    assert words in faults_of(tmp_path, content)[0]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReconcileError, match="cannot be read"):
        read_settings(tmp_path / "missing.toml")


@pytest.mark.parametrize("name", ["With client", " WITH CLIENT ", "with client"])
def test_a_states_name_is_held_without_capitals_and_outer_spaces(tmp_path, name):
    assert settings_of(tmp_path, f"[states]\n'{name}' = 'on-hold'\n").states == {
        "with client": "on-hold"
    }


@pytest.mark.parametrize(
    "text", ["[import]\nwindow_days = 10000000\n", "[import]\nwindow_days = 99999999999999999999\n"]
)
def test_a_number_of_days_beyond_all_dates_is_a_fault(tmp_path, text):
    assert "line 2" in faults_of(tmp_path, text)[0]


def test_one_state_with_two_types_is_a_fault(tmp_path):
    assert (
        "With client"
        in faults_of(tmp_path, "[states]\n'With client' = 'on-hold'\n'with client' = 'standard'\n")[
            0
        ]
    )


def test_a_message_ends_with_one_mark(tmp_path):
    assert "?." not in faults_of(tmp_path, "[imports]\n")[0]


@pytest.mark.parametrize("text", [r'folder = "C:\Users\Exports"', r'folder = "S:\exports"'])
def test_a_windows_path_in_double_quotes_is_a_fault_that_says_how_to_write_it(tmp_path, text):
    assert r"needs single ones: 'C:\Exports'" in faults_of(tmp_path, f"[output]\n{text}\n")[0]


SECRET = "https://hooks.example/T0/secret"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"urls = ['{SECRET}']", "with urls_file, or set RECONCILE_NOTIFY_URLS"),
        (f"url = '{SECRET}'", "with urls_file, or set RECONCILE_NOTIFY_URLS"),
        (f"heartbeat = '{SECRET}'", "with heartbeat_file, or set RECONCILE_HEARTBEAT_URL"),
        (f"urls_file = '{SECRET}'", "must be the path of a file that holds the URL"),
        (f"heartbeat_file = ['{SECRET}']", "must be a path in quotes"),
        (f"on = ['{SECRET}']", "may hold new, worse, fixed, failed"),
        (f"'{SECRET}' = 1", "a URL cannot stand in [notify]"),
    ],
)
def test_a_url_is_refused_where_everybody_reads_it_and_its_value_is_not_repeated(
    tmp_path, line, words
):
    (message,) = faults_of(tmp_path, f"[notify]\n{line}\n")
    assert "line 2: " in message and words in message
    assert "secret" not in message


def test_a_path_in_full_stays_and_a_relative_one_counts_from_the_file(tmp_path):
    found = settings_of(
        tmp_path, f"[output]\nfolder = '{tmp_path.parent}'\n[log]\nfile = '../a.log'\n"
    )
    assert (found.output_folder, found.log_file) == (tmp_path.parent, tmp_path / "../a.log")


@pytest.mark.parametrize(
    ("set_to", "days"), [("", 3), ("max_age_days = 0", 0), ("max_age_days = 9", 9)]
)
def test_a_run_over_its_own_inputs_refuses_old_exports_unless_it_says_how_old(
    tmp_path, set_to, days
):
    assert settings_of(tmp_path, f"[reading]\n{set_to}\n").of_own_inputs().max_age_days == days


def test_each_setting_has_its_origin(tmp_path):
    path = save(tmp_path / "reconcile.toml", COMPLETE)
    origins = find_origins(path, {"adhoc": "--adhoc", "output_folder": "RECONCILE_OUT"})
    lines = COMPLETE.split("\n")

    def line(start: str) -> str:
        return f"reconcile.toml line {next(n for n, one in enumerate(lines, 1) if one.startswith(start))}"

    assert origins["import", "profile"] == line("profile")
    assert origins["states", "With client"] == line('"With client"')
    assert origins["inputs", "xero_invoices"] == line("xero_invoices")
    assert origins["import", "adhoc"] == "--adhoc"
    assert origins["output", "folder"] == "RECONCILE_OUT"
    assert ("inputs", "xpm_clients") not in origins
    assert find_origins(None, {"profile": "RECONCILE_PROFILE"}) == {
        ("import", "profile"): "RECONCILE_PROFILE"
    }
