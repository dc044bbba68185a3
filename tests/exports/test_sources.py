"""Files behind paths, folders and globs: each once, with the shortest name that tells them apart."""

from __future__ import annotations

import os

import pytest

from reconcile.errors import ReconcileError
from reconcile.exports.columns import XERO_INVOICES, XPM_INVOICES, XPM_JOBS
from reconcile.exports.files.sources import find_inputs, find_sources
from reconcile.settings.model import InputPath


def touch(folder, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def labels(folder, *paths: str, **roles: str) -> list[str]:
    return [source.label for source in find_sources([str(folder / path) for path in paths], roles)]


def faults(*paths: str) -> tuple[str, ...]:
    with pytest.raises(ReconcileError) as caught:
        find_sources(paths)
    assert caught.value.exit_code == 2
    return caught.value.messages


def test_a_file_is_found_whatever_its_name(tmp_path):
    touch(tmp_path, "export.dat")
    assert labels(tmp_path, "export.dat") == ["export.dat"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.csv", True),
        ("A.CSV", True),
        ("a.tsv", True),
        ("a.txt", True),
        ("a.xlsx", True),
        ("a.xlsm", True),
        ("a.xls", True),
        ("a.pdf", False),
        ("reconcile.toml", False),
        ("~$a.xlsx", False),
        (".hidden.csv", False),
        ("old/a.csv", False),
    ],
)
def test_a_folder_gives_its_spreadsheets_alone(tmp_path, name, found):
    touch(tmp_path, "always.csv", name)
    assert (name in labels(tmp_path, "")) is found


def test_files_come_in_the_order_of_their_names_whatever_the_order_typed(tmp_path):
    touch(tmp_path, "b.csv", "a.csv", "c.csv")
    assert (
        labels(tmp_path, "c.csv", "a.csv", "b.csv")
        == labels(tmp_path, "")
        == ["a.csv", "b.csv", "c.csv"]
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("x*.csv", ["x1.csv", "x2.csv"]), ("x?.*", ["x1.csv", "x2.csv"]), ("*/y.csv", ["y.csv"])],
)
def test_a_glob_gives_the_files_that_match(tmp_path, pattern, expected):
    touch(tmp_path, "x1.csv", "x2.csv", "z.csv", "x3.pdf", "sub/y.csv")
    assert labels(tmp_path, pattern) == expected


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path):
    touch(tmp_path, "invoices[1].csv", "invoices1.csv")
    assert labels(tmp_path, "invoices[1].csv") == ["invoices[1].csv"]


def test_a_file_named_twice_is_read_once(tmp_path):
    touch(tmp_path, "a.csv", "sub/b.csv")
    assert labels(tmp_path, "a.csv", "", "*.csv", "sub/../a.csv") == ["a.csv"]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    touch(tmp_path, "sydney/jobs.csv", "perth/jobs.csv", "perth/invoices.csv")
    assert labels(tmp_path, "sydney", "perth") == [
        "invoices.csv",
        "perth/jobs.csv",
        "sydney/jobs.csv",
    ]


def test_a_role_said_outright_is_kept_when_the_folder_is_named_too(tmp_path):
    touch(tmp_path, "a.csv", "b.csv")
    found = find_sources(
        [str(tmp_path)], {str(tmp_path / "a.csv"): XPM_JOBS, str(tmp_path / "b.csv"): XERO_INVOICES}
    )
    assert [(one.label, one.role) for one in found] == [
        ("a.csv", XPM_JOBS),
        ("b.csv", XERO_INVOICES),
    ]


def test_what_is_not_there_is_named_all_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    missing, pattern, folder = faults(
        str(tmp_path / "no.csv"), str(tmp_path / "x*.csv"), str(tmp_path / "empty")
    )
    assert (
        "no such file" in missing
        and "no file matches" in pattern
        and "no CSV or XLSX file" in folder
    )


def inputs(folder, **patterns: str) -> list[tuple[str, str]]:
    """The files of these [inputs], each with its role."""
    found = find_inputs(
        InputPath(role, one, folder, "reconcile.toml: line 7") for role, one in patterns.items()
    )
    return [(source.label, source.role) for source in found]


@pytest.mark.parametrize(
    "pattern",
    [
        "exports/jobs.csv",
        "exports/j*.csv",
        "exports",
        "*/jobs.csv",
        "./exports/../exports/jobs.csv",
    ],
)
def test_a_path_of_the_settings_counts_from_their_folder(tmp_path, monkeypatch, pattern):
    touch(tmp_path, "practice/exports/jobs.csv", "elsewhere/jobs.csv")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert inputs(tmp_path / "practice", xpm_jobs=pattern) == [("jobs.csv", XPM_JOBS)]


def test_a_path_of_the_settings_may_be_a_full_one(tmp_path):
    touch(tmp_path, "jobs.csv", "x1.csv")
    full = inputs(
        tmp_path / "elsewhere",
        xpm_jobs=str(tmp_path / "jobs.csv"),
        xero_invoices=str(tmp_path / "x*.csv"),
    )
    assert full == [("jobs.csv", XPM_JOBS), ("x1.csv", XERO_INVOICES)]


def test_a_folder_whose_name_looks_like_a_glob_is_that_folder(tmp_path):
    touch(tmp_path, "[a]/x1.csv", "a/x2.csv")
    assert inputs(tmp_path / "[a]", xpm_jobs="x*.csv") == [("x1.csv", XPM_JOBS)]


def test_a_file_under_two_roles_is_found_out_by_its_headers(tmp_path):
    touch(tmp_path, "xpm-jobs.csv", "xpm-invoices.csv")
    found = inputs(tmp_path, xpm_jobs="xpm*.csv", xpm_invoices="xpm-inv*.csv")
    assert found == [("xpm-invoices.csv", ""), ("xpm-jobs.csv", XPM_JOBS)]
    assert inputs(tmp_path, xpm_invoices="xpm-inv*.csv")[0][1] == XPM_INVOICES


def test_what_the_settings_name_and_is_not_there_is_told_with_its_key_and_place(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReconcileError) as caught:
        inputs(tmp_path, xero_invoices="x*.csv", xpm_jobs="no.csv", xpm_clients="empty")
    first, second, third = caught.value.messages
    assert first.startswith(
        f"reconcile.toml: line 7: xero_invoices in [inputs]: {tmp_path / 'x*.csv'}: no file matches"
    )
    assert "xpm_jobs in [inputs]" in second and "no such file" in second
    assert "xpm_clients in [inputs]" in third and "no CSV or XLSX file in this folder" in third


def test_a_name_that_is_no_text_is_refused(tmp_path):
    name = os.fsdecode(b"caf\xe9.csv")
    try:
        touch(tmp_path, "jobs.csv", name)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes text alone for a name")
    (fault,) = faults(str(tmp_path))
    assert "caf\\udce9.csv': the name holds bytes that are no letters." in fault
