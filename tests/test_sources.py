"""Files behind paths, folders and globs: each once, with the shortest name that tells them apart."""

from __future__ import annotations

import os

import pytest

from reconcile.errors import ReconcileError
from reconcile.exports.columns import XERO_INVOICES, XPM_JOBS
from reconcile.exports.sources import find_sources


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
    assert labels(tmp_path, "c.csv", "a.csv", "b.csv") == labels(tmp_path, "") == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.parametrize(
    ("pattern", "expected"), [("x*.csv", ["x1.csv", "x2.csv"]), ("x?.*", ["x1.csv", "x2.csv"]), ("*/y.csv", ["y.csv"])]
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
    assert labels(tmp_path, "sydney", "perth") == ["invoices.csv", "perth/jobs.csv", "sydney/jobs.csv"]


def test_a_role_said_outright_is_kept_when_the_folder_is_named_too(tmp_path):
    touch(tmp_path, "a.csv", "b.csv")
    found = find_sources([str(tmp_path)], {str(tmp_path / "a.csv"): XPM_JOBS, str(tmp_path / "b.csv"): XERO_INVOICES})
    assert [(one.label, one.role) for one in found] == [("a.csv", XPM_JOBS), ("b.csv", XERO_INVOICES)]


def test_what_is_not_there_is_named_all_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    missing, pattern, folder = faults(str(tmp_path / "no.csv"), str(tmp_path / "x*.csv"), str(tmp_path / "empty"))
    assert "no such file" in missing and "no file matches" in pattern and "no CSV or XLSX file" in folder


def test_a_name_that_is_no_text_is_refused(tmp_path):
    name = os.fsdecode(b"caf\xe9.csv")
    try:
        touch(tmp_path, "jobs.csv", name)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes text alone for a name")
    (fault,) = faults(str(tmp_path))
    assert "caf\\udce9.csv': the name holds bytes that are no letters." in fault
