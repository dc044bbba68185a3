"""Many practices: which they are, each on its own, what is done is not repeated, and what is said of all."""

import csv
import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile.faults import FILES, type_note, write_exports
from openpyxl import load_workbook

from reconcile.batch.practices import RECORDS, find_practices
from reconcile.batch.run import BatchRequest, exit_code_of, run_batch
from reconcile.cli.main import main
from reconcile.errors import ReconcileError, TryLater
from reconcile.nightly.run_lock import one_at_a_time

pytestmark = pytest.mark.long
DAY = date(2026, 11, 23)
NOW = 4e9  # seconds, in 2096: no file was written just now, so that none is waited for


@pytest.fixture
def root(tmp_path):
    """Three practices, a folder that is none, and a file."""
    for name in ("Acme & Co", "Büro", "Zenith"):
        write_exports_into(tmp_path / "root" / name)
    (tmp_path / "root" / "old results").mkdir()
    (tmp_path / "root" / "notes.txt").write_text("x", encoding="utf-8")
    return tmp_path / "root"


def write_exports_into(folder, files=FILES):
    folder.mkdir(parents=True)
    write_exports(folder, files)


def batch_request(root, **changes):
    """A batch over the practices of a folder, JSON alone, in one process."""
    given = {
        "found": find_practices(str(root)),
        "name": "Harbour",
        "as_of": DAY,
        "folder": Path(root).parent / "out",
        "formats": ("json",),
        "allow_stale": False,
        "force": False,
        "workers": 1,
        "scheduler": "",
        "started": "2026-11-23T19:00",
        "now": NOW,
        "environ": {},
    }
    return BatchRequest(**given | changes)


def run(root, **changes):
    return {
        Path(record["place"]).name: record for record in run_batch(batch_request(root, **changes))
    }


# Which practices -------------------------------------------------------------------------------------------------------


def test_every_folder_with_an_export_or_settings_is_a_practice(root):
    (root / "Settings alone").mkdir()
    (root / "Settings alone" / "reconcile.toml").touch()
    assert [Path(one.place).name for one in find_practices(str(root)).practices] == [
        "Acme & Co",
        "Büro",
        "Settings alone",
        "Zenith",
    ]


def test_a_folder_with_neither_is_passed_over_and_told(root):
    """Its exports may be missing; and a hidden folder is no practice's."""
    (root / ".git").mkdir()
    assert find_practices(str(root)).passed_over == ("old results",)
    result = command(root)
    words = "passed over, with neither a spreadsheet nor reconcile.toml in them: old results"
    assert words in " ".join(result.stderr.split())
    summary = load_workbook(root.parent / "out" / "overview.xlsx")["Summary"]
    assert f"Folders {words}." in [row[0] for row in summary.iter_rows(values_only=True)]
    assert f"Folders {words}." in (root.parent / "out" / "overview.html").read_text(
        encoding="utf-8"
    )


def test_results_beside_the_practices_are_no_practice(root, monkeypatch):
    """As where the batch is started in the folder of all practices, day after day, and run in that of one."""
    monkeypatch.chdir(root)
    for day in ("2026-11-23", "2026-11-24"):
        result = CliRunner().invoke(
            main, ["batch", ".", "--as-of", day, "--allow-stale"], catch_exceptions=False
        )
        assert (result.exit_code, "3 practices as of" in result.stderr) == (10, True), result.stderr
    assert (root / "batch-2026-11-23" / "overview.xlsx").is_file() and (
        root / "Zenith" / "fixlist-2026-11-23"
    ).is_dir()
    assert find_practices(".").passed_over == ("old results",)
    with pytest.raises(ReconcileError, match="no practice found"):
        find_practices("Zenith")


def test_a_practice_whose_exports_are_gone_is_one_that_fails(root):
    """It has results of an earlier day: a run over the others alone is no clean one."""
    (root / "old results" / "fixlist-2026-11-20").mkdir()
    found = find_practices(str(root))
    assert (
        "old results" in {Path(one.place).name for one in found.practices},
        found.passed_over,
    ) == (True, ())
    record = run(root)["old results"]
    assert record["exit_code"] == 2 and "no CSV or XLSX file in this folder" in record["error"][0]


@pytest.mark.skipif(
    os.name == "nt", reason="Windows knows neither such names nor such links without rights"
)
@pytest.mark.parametrize("what", ["a name that is no text", "a link to itself"])
def test_a_folder_that_cannot_be_looked_at_is_one_practice_that_fails(root, what):
    if what == "a link to itself":
        (root / "loop").symlink_to("loop")
    else:
        shutil.copytree(root / "Zenith", os.fsdecode(os.fsencode(root) + b"/c\xff"))
    records = run(root)
    assert len(records) == 4
    assert sum(bool(record["error"]) for record in records.values()) <= 1
    (odd,) = [
        record for name, record in records.items() if name not in ("Acme & Co", "Büro", "Zenith")
    ]
    assert what == "a name that is no text" or "cannot be looked at" in odd["error"][0]
    told = [
        json.loads(line)
        for line in (root.parent / "out" / RECORDS).read_text(encoding="utf-8").splitlines()
    ]
    assert odd["place"] in {record["place"] for record in told}
    assert {name for name, record in run(root).items() if record["skipped"]} == {
        name for name, record in records.items() if not record["error"]
    }


SHARED = [
    pytest.param('[output]\nfolder = "fixes"\n', True, id="one folder of results"),
    pytest.param('[history]\npath = "history.db"\n', True, id="one history"),
    pytest.param('[practice]\nname = "Both"\n', False, id="one name"),
]


@pytest.mark.parametrize(("settings", "refused"), SHARED)
def test_two_practices_that_would_replace_each_others_results_are_refused(root, settings, refused):
    (root.parent / "office.toml").write_text(settings, encoding="utf-8")
    path = root.parent / "list.csv"
    path.write_text(
        "folder,config\nroot/Zenith,office.toml\nroot/Büro,office.toml\n", encoding="utf-8"
    )
    if not refused:
        assert len(find_practices(str(path)).practices) == 2
        return
    with pytest.raises(ReconcileError, match="two practices keep their results in one place"):
        find_practices(str(path))


def test_a_practice_tells_its_log_though_its_files_are_missing(root, tmp_path):
    (root / "Zenith" / "reconcile.toml").write_text(
        '[log]\nfile = "run.log"\n[inputs]\nxero_invoices = ["nowhere.csv"]\nxpm_jobs = ["nowhere.csv"]\n',
        encoding="utf-8",
    )
    record = run(root)["Zenith"]
    assert record["exit_code"] == 2 and "nowhere.csv" in record["error"][0]
    assert " failed " in (root / "Zenith" / "run.log").read_text(encoding="utf-8")


def test_results_among_exports_are_a_practices(root):
    """As where the settings or --out put them there."""
    (root / "Zenith" / "fixlist.json").touch()
    assert len(find_practices(str(root)).practices) == 3


LISTS = [
    (
        "toml",
        "practice.toml",
        '[[practice]]\nfolder = "root/Zenith"\nname = "Zed"\n[[practice]]\nfolder = "root/Büro"\n',
    ),
    ("csv", "practices.csv", "folder,name\nroot/Zenith,Zed\nroot/Büro,\n"),
    (
        "csv as Excel saves it",
        "practices.csv",
        "\ufefffolder,name\r\nroot/Zenith,Zed\r\nroot/Büro,\r\n",
    ),
    (
        "csv with capitals, blanks, empty rows and cells too many",
        "practices.csv",
        "Folder, Name\nroot/Zenith ,Zed,,\n,\nroot/Büro,,\n",
    ),
    ("csv with semicolons", "practices.csv", "folder;name\nroot/Zenith;Zed\nroot/Büro;\n"),
    (
        "csv in Windows-1252",
        "practices.csv",
        "folder,name\r\nroot/Zenith,Zed\r\nroot/Büro,\r\n".encode("cp1252"),
    ),
    (
        "text in UTF-16 with tabs",
        "practices.csv",
        "folder\tname\r\nroot/Zenith\tZed\r\nroot/Büro\t\r\n".encode("utf-16"),
    ),
]


@pytest.mark.parametrize(
    ("name", "text"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_a_list_names_practices_relative_to_its_own_folder(root, name, text):
    path = root.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    found = find_practices(str(path))
    assert [(one.name, Path(one.place)) for one in found.practices] == [
        ("", root / "Büro"),
        ("Zed", root / "Zenith"),
    ]


REFUSED = [
    ("no such folder", "nowhere", None, "cannot be looked at"),
    ("no practice in it", "root/old results", None, "no practice found"),
    ("neither folder nor list", "root/notes.txt", None, "neither a folder nor a list"),
    ("no TOML", "list.toml", "x = = 1", "cannot be read"),
    ("no practice in the list", "list.toml", "x = 1", "no practice in the list"),
    ("a folder that no system can have", "list.csv", "folder\nroot/a\0b\n", "practice 1"),
    (
        "settings behind an address",
        "list.csv",
        "folder,config\nroot/Zenith,s3://b/r.toml\n",
        "practice 1",
    ),
    ("an address twice", "list.csv", "folder\ns3://b/p\ns3://b/p/\n", "twice"),
    ("a practice without a folder", "list.toml", '[[practice]]\nname = "x"', "practice 1"),
    ("a word nobody knows", "list.toml", '[[practice]]\nfolder = "a"\nfolders = "b"', "folders"),
    (
        "a folder twice",
        "list.toml",
        '[[practice]]\nfolder = "root/Zenith"\n[[practice]]\nfolder = "root/../root/Zenith"',
        "twice",
    ),
    ("a CSV file without folders", "list.csv", "name\nZenith\n", "practice 1"),
    ("a list that is no text", "list.csv", b"folder\n\x81\n", "cannot be read"),
]


@pytest.mark.parametrize(
    ("name", "text", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_is_no_list_of_practices_is_refused(root, name, text, words):
    path = root.parent / name
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(ReconcileError, match=words):
        find_practices(str(path))


def test_a_list_with_a_cell_longer_than_any_is_refused(root):
    (root.parent / "list.csv").write_text("folder\n" + "x" * 200 + "\n", encoding="utf-8")
    limit = csv.field_size_limit(100)
    try:
        with pytest.raises(ReconcileError, match="cannot be read"):
            find_practices(str(root.parent / "list.csv"))
    finally:
        csv.field_size_limit(limit)


# Each on its own -------------------------------------------------------------------------------------------------------


def test_each_practice_gets_its_results_and_all_an_overview(root):
    records = run(root)
    assert {
        name: (record["exit_code"], record["invoices"]) for name, record in records.items()
    } == dict.fromkeys(("Acme & Co", "Büro", "Zenith"), (10, 8))
    for name in records:
        assert sorted(path.name for path in (root / name / "fixlist-2026-11-23").iterdir()) == [
            "fixlist.json",
            "invoices.csv",
            "jobs.csv",
        ]
    out = root.parent / "out"
    assert {"overview.html", "overview.xlsx", RECORDS} <= {path.name for path in out.iterdir()}
    told = [json.loads(line) for line in (out / RECORDS).read_text(encoding="utf-8").splitlines()]
    assert {Path(record["place"]).name: record for record in told} == records


def test_a_practice_gets_what_run_alone_gives_it(root, tmp_path):
    run(root)
    result = CliRunner().invoke(
        main,
        [
            "run",
            str(root / "Büro"),
            "--as-of",
            "2026-11-23",
            "--out",
            str(tmp_path / "alone"),
            "--format",
            "json",
            "-q",
        ],
    )
    assert result.exit_code == 10
    for path in (tmp_path / "alone").iterdir():
        assert path.read_bytes() == (root / "Büro" / "fixlist-2026-11-23" / path.name).read_bytes()


def test_a_practice_that_fails_harms_no_other_and_is_told(root):
    (root / "Büro" / "jobs.csv").write_bytes(b"")
    records = run(root)
    assert records["Büro"]["exit_code"] == 2
    assert "jobs.csv: the file is empty" in records["Büro"]["error"][0]
    assert not (root / "Büro" / "fixlist-2026-11-23").exists()
    assert [records[name]["exit_code"] for name in ("Acme & Co", "Zenith")] == [10, 10]
    assert exit_code_of(records.values()) == 20


def test_a_bug_is_one_practices_failure_and_names_no_client(root, monkeypatch):
    import reconcile.batch.worker

    def broken(folder, task):
        if folder.name == "Büro":
            raise KeyError("Acme Pty Ltd")
        return {"exit_code": 0}

    monkeypatch.setattr(reconcile.batch.worker, "_run_in", broken)
    from reconcile.batch.worker import Task, run_practice

    records = [
        run_practice(Task(one, DAY, ("json",), False, "now", NOW, {}))
        for one in find_practices(str(root)).practices
    ]
    assert [record["exit_code"] for record in records] == [0, 1, 0]
    assert "KeyError" in records[1]["error"][0]
    assert "Acme Pty" not in records[1]["error"][0]


@pytest.mark.parametrize(
    ("codes", "code"),
    [([0, 0], 0), ([0, 10], 10), ([10, 20], 20), ([0, 2], 20), ([10, 75], 20), ([1], 20), ([], 0)],
)
def test_the_exit_code_of_all(codes, code):
    assert exit_code_of([{"exit_code": one} for one in codes]) == code


def test_its_settings_count(root):
    (root / "Büro" / "reconcile.toml").write_text(
        '[practice]\nname = "Harbour"\n[output]\nfolder = "fixes"\n', encoding="utf-8"
    )
    record = run(root)["Büro"]
    assert (record["practice"], record["folder"]) == ("Harbour", "fixes")
    assert (root / "Büro" / "fixes" / "fixlist.json").is_file()


def test_practices_of_one_name_are_told_apart_by_their_folders(root):
    for name in ("Büro", "Zenith"):
        (root / name / "reconcile.toml").write_text(
            '[practice]\nname = "Harbour"\n', encoding="utf-8"
        )
    run(root)
    page = (root.parent / "out" / "overview.html").read_text(encoding="utf-8")
    assert all(name in page for name in ("Harbour (Büro)", "Harbour (Zenith)", "Acme &amp; Co"))
    assert "Acme &amp; Co (" not in page


# What is done is not repeated ------------------------------------------------------------------------------------------


def skipped(records):
    return {name for name, record in records.items() if record["skipped"]}


def test_done_for_this_day_with_these_files_it_is_skipped(root):
    first = run(root)
    assert skipped(first) == set()
    again = run(root)
    assert skipped(again) == set(first)
    assert {name: record["fixes"] for name, record in again.items()} == {
        name: record["fixes"] for name, record in first.items()
    }


# In each practice one thing changes, and nothing in "untouched".
CHANGED = {
    "untouched": lambda folder: None,
    "an export changed": lambda folder: write_exports(
        folder, {"jobs.csv": FILES["jobs.csv"].replace("J4", "J5")}
    ),
    "an export more": lambda folder: write_exports(
        folder, {"more.csv": FILES["jobs.csv"].replace("J", "K")}
    ),
    "settings": lambda folder: (folder / "reconcile.toml").touch(),
    "its results are gone": lambda folder: shutil.rmtree(folder / "fixlist-2026-11-23"),
    "an export is broken": lambda folder: (folder / "jobs.csv").write_bytes(b""),
    "a broken export is mended": lambda folder: write_exports(folder),
    "somebody typed": lambda folder: type_note(folder / "fixlist-2026-11-23" / "fixlist.xlsx"),
}


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """What came of a second batch, after every practice but one has changed."""
    root = tmp_path_factory.mktemp("again") / "root"
    for name in CHANGED:
        write_exports_into(root / name)
    (root / "a broken export is mended" / "jobs.csv").write_bytes(b"")
    first = run(root, formats=("xlsx",))
    assert skipped(first) == set()
    assert {name for name, record in first.items() if record["error"]} == {
        "a broken export is mended"
    }
    for name, change in CHANGED.items():
        change(root / name)
    return run(root, formats=("xlsx",))


@pytest.mark.parametrize("name", CHANGED)
def test_what_has_changed_is_run_again(again, name):
    assert again[name]["skipped"] == (name == "untouched")
    assert bool(again[name]["error"]) == (name == "an export is broken")


def test_asked_for_otherwise_all_are_run_again(tmp_path):
    write_exports_into(tmp_path / "root" / "Zenith")
    run(tmp_path / "root")
    for changes in ({"force": True}, {"formats": ("json", "csv")}, {"as_of": date(2026, 11, 24)}):
        assert skipped(run(tmp_path / "root", **changes)) == set(), changes


@pytest.mark.parametrize(
    "left",
    [
        b'{"practice": "B\xc3',
        b'{"practice": "Zenith"',
        b"{}\n",
        b"[1]\n",
        b'{"as_of": "2026-11-23", "place": "x"}\n',
    ],
    ids=["torn inside a letter", "torn", "of nothing", "no record", "part of one"],
)
def test_what_a_stop_has_left_in_the_records_is_none(root, left):
    first = run(root)
    path = root.parent / "out" / RECORDS
    path.write_bytes(path.read_bytes() + left)
    assert all(record["skipped"] for record in run(root).values())
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(first)


def test_a_record_that_cannot_be_written_is_tried_again_later(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reconcile.batch.run._line", full)
    with pytest.raises(TryLater, match="No space left"):
        run(root)


def test_its_new_name_counts_where_it_is_not_run_again(root):
    path = root.parent / "list.csv"
    for name in ("Zed", "Zet"):
        path.write_text(f"folder,name\nroot/Zenith,{name}\n", encoding="utf-8")
        (record,) = run_batch(batch_request(root, found=find_practices(str(path))))
        assert record["practice"] == name
    assert record["skipped"]


def test_stopped_in_the_middle_it_goes_on(root):
    running = run_batch(batch_request(root))
    first = next(running)
    running.close()
    with (root.parent / "out" / RECORDS).open("a", encoding="utf-8") as stream:
        stream.write('{"practice": "torn')
    records = run(root)
    assert skipped(records) == {Path(first["place"]).name}
    assert len(records) == 3


def test_two_batches_in_one_folder_do_not_run_at_once(root):
    (root.parent / "out").mkdir()
    with (
        one_at_a_time(root.parent / "out" / RECORDS, started="now"),
        pytest.raises(TryLater, match="another run"),
    ):
        run(root)


# The command -----------------------------------------------------------------------------------------------------------


def command(root, *words):
    out = root.parent / "out"
    return CliRunner().invoke(
        main,
        [
            "batch",
            str(root),
            "--as-of",
            "2026-11-23",
            "--out",
            str(out),
            "--format",
            "json",
            *words,
        ],
        catch_exceptions=False,
    )


def test_the_command_says_what_it_came_to(root):
    (root / "Büro" / "jobs.csv").write_bytes(b"")
    result = command(root)
    assert result.exit_code == 20
    assert "3 practices as of 2026-11-23: 2 done, 1 failed" in result.stderr
    assert "Büro: " in result.stderr
    assert "overview.xlsx" in result.stderr


def test_the_command_prints_a_line_of_json_for_each(root):
    result = command(root, "--json", "-q", "--exit-zero")
    assert result.exit_code == 0
    assert {json.loads(line)["exit_code"] for line in result.stdout.splitlines()} == {10}
    assert result.stderr == ""


def test_a_file_where_the_overview_should_go_is_2(root):
    (root.parent / "out").touch()
    assert command(root).exit_code == 2


def test_what_is_said_at_the_end_is_twelve_lines_at_most(root):
    for at in range(20):
        write_exports_into(root / f"broken {at}", {"jobs.csv": "x" * 500})
    result = command(root)
    assert result.exit_code == 20 and "and 17 more: see Failures in overview.xlsx" in result.stderr
    assert len(result.stderr.splitlines()) <= 12, result.stderr


def test_stopped_at_the_keyboard_it_says_so(root, monkeypatch):
    def stopped(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("reconcile.batch.run.run_batch", stopped)
    result = command(root)
    assert (result.exit_code, result.stderr) == (
        75,
        "error: stopped at the keyboard. Nothing is half written: run again.\n",
    )


def test_a_root_that_is_none_is_2(root):
    result = command(root / "nowhere")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")


def test_practices_named_twice_by_links_are_refused(root):
    if os.name == "nt":
        pytest.skip("a link needs rights there")
    (root / "Link").symlink_to(root / "Zenith")
    with pytest.raises(ReconcileError, match="twice"):
        find_practices(str(root))
