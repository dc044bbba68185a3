"""A practice behind an address: fetched, run, and only what changed brought back; here against a server of S3 on this computer."""

from datetime import date

import pytest
from hostile.faults import FILES, write_exports

from reconcile.batch.practice_folder import find_folders, is_address, join, opened
from reconcile.batch.worker import Practice, Task, run_practice
from reconcile.errors import ReconcileError, TryLater

pytest.importorskip("s3fs", reason="s3fs is not installed (extra `test`): no S3 is tried")
moto = pytest.importorskip(
    "moto.server", reason="moto is not installed (extra `test`): no S3 is tried"
)
import s3fs  # noqa: E402

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def bucket():
    """s3://practices on a server of its own, with what asks it directly."""
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem.clear_instance_cache()  # one that was made before knows another store
        s3 = s3fs.S3FileSystem()
        s3.mkdir("practices")
        yield s3
        server.stop()


@pytest.fixture
def practice(bucket, tmp_path, request):
    """The address of a practice in the bucket, with settings that keep a history."""
    write_exports(
        tmp_path / "p",
        FILES
        | {"reconcile.toml": '[history]\npath = "history.sqlite"\n[output]\nfolder = "results"\n'},
    )
    place = f"practices/{request.node.name}"
    bucket.put(f"{tmp_path / 'p'}/", f"{place}/", recursive=True)
    bucket.invalidate_cache()
    return f"s3://{place}"


def run(place, as_of=DAY, before=None):
    return run_practice(Task(Practice("", place), as_of, ("json",), False, "now", 4e9, {}, before))


def names_at(bucket, place):
    bucket.invalidate_cache()
    root = place.removeprefix("s3://")
    return sorted(path.removeprefix(f"{root}/") for path in bucket.find(root))


def test_a_practice_on_s3_is_run_and_its_results_are_there(bucket, practice):
    record = run(practice)
    assert (record["exit_code"], record["error"], record["invoices"]) == (10, [], 8)
    assert names_at(bucket, practice) == [
        "history.sqlite",
        "history.sqlite.lock",
        "invoices.csv",
        "jobs.csv",
        "reconcile.toml",
        "results/archive/2026-11-23/.reconcile-copy",
        "results/archive/2026-11-23/fixlist.json",
        "results/archive/2026-11-23/invoices.csv",
        "results/archive/2026-11-23/jobs.csv",
        "results/fixlist.json",
        "results/invoices.csv",
        "results/jobs.csv",
        "xpm.csv",
    ]


def test_the_next_night_knows_the_one_before(bucket, practice):
    run(practice)
    record = run(practice, date(2026, 11, 24))
    assert record["since"]["persisting"] > 0
    assert record["since"]["new"] == 0
    assert {name.split("/")[2] for name in names_at(bucket, practice) if "archive" in name} == {
        "2026-11-23",
        "2026-11-24",
    }


def test_copies_that_are_too_many_are_removed_there_too(bucket, practice):
    root = practice.removeprefix("s3://")
    bucket.pipe_file(
        f"{root}/reconcile.toml",
        b'[output]\nfolder = "results"\nkeep_runs = 2\n[history]\npath = "history.sqlite"\n',
    )
    for day in (20, 21, 22, 23):
        assert run(practice, date(2026, 11, day))["error"] == []
    assert {name.split("/")[2] for name in names_at(bucket, practice) if "archive" in name} == {
        "2026-11-22",
        "2026-11-23",
    }


def test_done_before_and_unchanged_it_is_not_run_again(practice):
    first = run(practice)
    again = run(practice, before=first)
    assert again["skipped"]
    assert {name: value for name, value in again.items() if name not in ("skipped", "seconds")} == {
        name: value for name, value in first.items() if name not in ("skipped", "seconds")
    }


def test_what_fails_changes_nothing_there(bucket, practice):
    run(practice)
    root = practice.removeprefix("s3://")
    bucket.pipe_file(f"{root}/jobs.csv", b"")
    before = {name: bucket.cat_file(f"{root}/{name}") for name in names_at(bucket, practice)}
    record = run(practice)
    assert record["exit_code"] == 2
    assert "empty" in record["error"][0]
    assert {
        name: bucket.cat_file(f"{root}/{name}") for name in names_at(bucket, practice)
    } == before


def test_the_folders_of_a_bucket(bucket, practice):
    found = find_folders("s3://practices")
    assert found[practice] == ["invoices.csv", "jobs.csv", "reconcile.toml", "xpm.csv"]


def test_an_address_where_nothing_is(bucket):
    with pytest.raises(ReconcileError, match="no such place"), opened("s3://practices/nobody", DAY):
        pass


def test_an_address_of_a_kind_that_nobody_knows():
    with (
        pytest.raises(ReconcileError, match="nothing here reads") as caught,
        opened("nowhere://x", DAY),
    ):
        pass
    assert caught.value.exit_code == 2


@pytest.mark.long
def test_a_store_that_cannot_be_reached_is_tried_again_later(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setattr(s3fs.S3FileSystem, "connect_timeout", 1)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(TryLater, match="cannot be reached"), opened("s3://elsewhere/p", DAY):
        pass
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.mark.parametrize("name", ["../out.csv", "a/../../out.csv", "../../../tmp/out.csv"])
def test_a_name_that_leads_out_of_its_folder_is_refused_and_left(bucket, practice, tmp_path, name):
    """Who may put objects there must not write elsewhere on this computer."""
    root = practice.removeprefix("s3://")
    bucket.call_s3(
        "put_object", Bucket="practices", Key=f"{root.partition('/')[2]}/{name}", Body=b"x"
    )
    before = names_at(bucket, practice)
    record = run(practice)
    assert record["exit_code"] == 2 and "leads out of its folder" in record["error"][0]
    assert names_at(bucket, practice) == before


def test_an_object_that_stands_for_a_folder_is_no_file(bucket, practice):
    """As the pages of a store make one."""
    root = practice.removeprefix("s3://").partition("/")[2]
    for folder in ("", "results/"):
        bucket.call_s3("put_object", Bucket="practices", Key=f"{root}/{folder}", Body=b"")
    bucket.call_s3("put_object", Bucket="practices", Key=f"{root}/results/old.txt", Body=b"x")
    bucket.invalidate_cache()
    assert run(practice)["error"] == []
    assert run(practice, date(2026, 11, 24))["since"]["persisting"] > 0


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("s3://b/p", True),
        ("file:///srv/p", True),
        ("C:\\p", False),
        ("\\\\server\\p", False),
        ("/srv/p", False),
        ("p", False),
    ],
)
def test_what_is_an_address(place, address):
    assert is_address(place) == address


def test_a_name_below_an_address():
    assert join("s3://b/p/", "x.csv") == "s3://b/p/x.csv"
