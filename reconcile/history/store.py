"""What earlier runs saw, in one SQLite file: runs, invoices, jobs, and the life of each fix.

    exports --take_in--> the file, uncommitted --with_evidence--> exports that know more
    result  --keep-----> the file, uncommitted --commit, when the reports are written--> the next run's past

All of one run is one transaction: killed at any moment, the file holds the runs before it and nothing of this one. The
rollback journal is used, since it works on network shares too. The same exports on the same day are the same run again.
Source: rules.md section 4 ("the nightly history supplies bounds"), E3, M3, T16, T24, T26, T28; contract.md "History".
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reconcile.errors import ReconcileError, TryLater
from reconcile.exports.tables import Exports
from reconcile.storage.private import create_private, make_private_folder, private_opener

SCHEMA = 1
UPGRADES: dict[int, str] = {}  # from which schema -> the SQL that makes the next one of it
_TABLES = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, as_of TEXT NOT NULL, started TEXT NOT NULL,
    inputs TEXT NOT NULL,           -- JSON: role -> hashes of its files
    first_date TEXT, last_date TEXT, -- of the Xero invoices
    totals TEXT, fixes INTEGER, minutes INTEGER, before_tonight INTEGER, exit_code INTEGER
);
CREATE TABLE invoices (
    key TEXT PRIMARY KEY, reference TEXT NOT NULL, content TEXT NOT NULL,
    first_run INTEGER NOT NULL,     -- in which it was first seen
    before_run INTEGER,             -- the last in which it was different, or not there though its date was covered
    changed_run INTEGER NOT NULL,   -- the first in which it was as it is now
    reference_before_run INTEGER,   -- the last in which its Reference was another
    spot TEXT, xpm_run INTEGER,     -- where XPM has it, and since when it has a copy
    gone_run INTEGER,               -- the first in which XPM had its copy no more
    ready_run INTEGER               -- since when it was not in XPM and that night's import would have put it on a job
);
CREATE TABLE jobs (job_no TEXT PRIMARY KEY, first_run INTEGER NOT NULL);
CREATE TABLE job_texts (
    job_no TEXT NOT NULL, client_order_no TEXT NOT NULL, first_run INTEGER NOT NULL, last_run INTEGER NOT NULL,
    PRIMARY KEY (job_no, client_order_no)
);
CREATE TABLE fixes (               -- a span of runs in which a fix was open, several where it came back
    identity TEXT NOT NULL, first_run INTEGER NOT NULL, last_run INTEGER NOT NULL,
    since TEXT NOT NULL,            -- the day from which it counts, that of the fix it went on from where there is one
    ended_run INTEGER, ended TEXT,  -- fixed or not-seen
    PRIMARY KEY (identity, first_run)
);
CREATE TABLE fix_facts (           -- what a fix was about and what it prescribed, a row where it changed
    identity TEXT NOT NULL, run INTEGER NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (identity, run)
);
"""
_INVOICES = "reference content first_run before_run changed_run reference_before_run spot xpm_run gone_run ready_run".split()
_BETWEEN = "\x1f"  # between the parts of a key; no cell holds it
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NOT_NOW = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True)
class Run:
    """One run: its number, the day it judged by, and the dates that its Xero files covered."""

    run: int
    as_of: date
    first_date: str
    inputs: dict[str, list[str]]


@dataclass(frozen=True)
class PastFix:
    """A fix that was open in the run before: since when, and what it was about then (follow_up.py writes and reads the facts)."""

    identity: str
    since: date
    facts: dict[str, Any]


class History:
    """The past of one practice, open for one run.

    Attributes:
        run: this run. past: the runs before it, oldest first. is_new: no run was kept in it yet.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, is_new: bool) -> None:
        self.path = path
        self.is_new = is_new
        self._run: Run | None = None
        self.past: list[Run] = []
        self._connection = connection

    @property
    def run(self) -> Run:
        """This run, which take_in begins."""
        if self._run is None:
            raise RuntimeError("no run was begun in this history")
        return self._run

    # Opening ------------------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: Path) -> History:
        """Open the history, or make a new one; an older schema is upgraded, after a copy is put beside it.

        Raises:
            ReconcileError: no history, damaged, or of a newer version of this program.
            TryLater: another program holds it, or it cannot be written.
        """
        connection = None
        try:
            if not path.exists():  # made for its owner alone: it holds names and amounts
                make_private_folder(path.parent)
                os.close(private_opener(path, os.O_CREAT | os.O_WRONLY))
            connection = sqlite3.connect(path, isolation_level=None)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if version > SCHEMA or (not version and tables):
                found = (
                    f"schema {version}, and this program knows {SCHEMA}"
                    if version
                    else "tables of another program"
                )
                raise ReconcileError(
                    f"{path}: is not a history that this version can read. Found {found}. Nothing was changed in it."
                )
            connection.execute(
                "PRAGMA journal_mode = DELETE"
            )  # may write to the file: not before it is known as ours
            if 0 < version < SCHEMA:
                connection = _upgrade(path, connection, version)
            history = cls(path, connection, is_new=not version)
            if version:
                history._read_past()
            return history
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.DatabaseError | OSError):
                raise (_passing(path, error) or _unreadable(path, error)) from None
            raise

    def _read_past(self) -> None:
        rows = self._connection.execute(
            "SELECT run, as_of, first_date, inputs FROM runs ORDER BY run"
        )
        self.past = [
            Run(run, date.fromisoformat(day), first or "", json.loads(inputs))
            for run, day, first, inputs in rows
        ]

    def close(self) -> None:
        """Give up what was not committed, and close the file; one that holds nothing goes away."""
        self._connection.close()
        if self.is_new and self.path.exists() and not self.path.stat().st_size:
            self.path.unlink()

    def __enter__(self) -> History:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Close the file.

        Raises:
            TryLater: the block failed since another program holds the file, or it cannot be written.
            ReconcileError: it failed since the file is damaged.
        """
        self.close()
        if isinstance(error, sqlite3.Error):
            if (passing := _passing(self.path, error)) is not None:
                raise passing from None
            if _code(error) in _DAMAGED:
                raise _unreadable(self.path, error) from None

    # Taking in ----------------------------------------------------------------------------------------------------------

    def take_in(self, exports: Exports, as_of: date, started: str) -> None:
        """Put what the exports show beside what earlier runs saw; nothing is committed yet.

        Args:
            started: when this run began, for people.

        Raises:
            ReconcileError: as_of is before the last run's.
        """
        inputs: dict[str, list[str]] = {}
        for one in exports.inputs:
            if one.role:
                inputs.setdefault(one.role, []).append(one.sha256)
        inputs = {role: sorted(hashes) for role, hashes in sorted(inputs.items())}
        last = self.past[-1] if self.past else None
        if last and as_of < last.as_of:
            raise ReconcileError(
                f"{self.path}: its last run judged by {last.as_of}, and this one would by {as_of}. "
                "Set the clock right, or give --as-of; for a look back name another --state."
            )
        dates = exports.invoices["invoice_date"].dropna()
        first, until = (
            (str(dates.min().date()), str(dates.max().date())) if len(dates) else ("", "")
        )
        again = last is not None and (last.as_of, last.inputs) == (as_of, inputs)
        number = last.run if again and last else (last.run + 1 if last else 1)
        self._connection.execute("BEGIN IMMEDIATE")
        if self.is_new:
            for statement in _TABLES.split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA}")
        if again:
            self.past = self.past[:-1]
        else:
            values = (number, as_of.isoformat(), started, json.dumps(inputs), first, until)
            self._connection.execute(
                "INSERT INTO runs (run, as_of, started, inputs, first_date, last_date) VALUES (?,?,?,?,?,?)",
                values,
            )
        self._run = Run(number, as_of, first, inputs)
        self._take_invoices(exports)
        self._take_jobs(exports.jobs)

    def _take_invoices(self, exports: Exports) -> None:
        """Write the rows of new invoices and of those that changed, here or in XPM; the others stay untouched."""
        seen = _seen(exports)
        known = self._table("invoices", ["key", *_INVOICES], "key").reindex(seen.index)
        is_new = known["first_run"].isna()
        changed = ~is_new & (
            (known["reference"] != seen["reference"]) | (known["content"] != seen["content"])
        )
        before = self._runs_before(seen["date"], is_new | changed)
        rows = pd.DataFrame(index=seen.index)
        rows["reference"], rows["content"] = seen["reference"], seen["content"]
        rows["first_run"] = known["first_run"].where(~is_new, self.run.run)
        rows["before_run"] = known["before_run"].mask(changed | is_new, before)
        rows["changed_run"] = known["changed_run"].mask(changed | is_new, self.run.run)
        other_reference = ~is_new & (known["reference"] != seen["reference"])
        rows["reference_before_run"] = known["reference_before_run"].mask(other_reference, before)
        rows["spot"] = seen["spot"] if exports.xpm_invoices is not None else known["spot"]
        has, had = rows["spot"].notna(), known["xpm_run"].notna()
        rows["xpm_run"] = known["xpm_run"].mask(has & ~had, self.run.run).mask(~has)
        rows["gone_run"] = known["gone_run"].mask(had & ~has, self.run.run).mask(has)
        rows["ready_run"] = known["ready_run"].mask(changed | has)
        differs = is_new | ~_same(rows, known)
        self._write("invoices", "key", _INVOICES, rows[differs])
        self._invoices = rows

    def _take_jobs(self, jobs: pd.DataFrame) -> None:
        run = self.run.run
        self._connection.executemany(
            "INSERT OR IGNORE INTO jobs VALUES (?, ?)", ((number, run) for number in jobs["job_no"])
        )
        carrying = jobs[jobs["client_order_no"] != ""]
        pairs = zip(carrying["job_no"], carrying["client_order_no"], strict=True)
        self._connection.executemany(
            "INSERT INTO job_texts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_run = excluded.last_run",
            ((number, order, run, run) for number, order in pairs),
        )

    def _runs_before(self, dates: pd.Series, asked: pd.Series) -> pd.Series:
        """The last run whose Xero files covered each date; nothing where none did."""
        found = pd.Series(np.nan, index=dates.index)
        some = dates[asked].to_numpy(dtype=object)
        runs = np.full(len(some), np.nan)
        for run in self.past:
            if run.first_date:
                runs[some >= run.first_date] = run.run
        found[asked.to_numpy()] = runs
        return found

    def _run_before(self) -> int | None:
        return self.past[-1].run if self.past else None

    # Evidence -------------------------------------------------------------------------------------------------------------

    def with_evidence(self, exports: Exports) -> Exports:
        """The exports with what the history knows of them.

        Returns:
            exports whose invoices also have: changed_on (the earliest day on which its present content can have been made;
            its date where nothing is known), edited (seen to change), moved (its Reference changed while XPM had it), carried
            (the job that XPM has it on carried its Reference), missed_night (a night has passed in which the import should
            have taken it), gone (XPM's copy was there, and is not in this export of XPM's invoices); and whose jobs
            without a creation date have the day on which they were first seen, where a run before did not see them.

        Source: rules.md E3, M3, T16, T24, T26, T28; contract.md "History, where there is some".
        """
        days = pd.Series(
            {run.run: pd.Timestamp(run.as_of) for run in (*self.past, self.run)},
            dtype="datetime64[s]",
        )
        rows = self._invoices
        before, changed = rows["before_run"].map(days), rows["changed_run"].map(days)
        earliest = (before + pd.Timedelta(days=1)).where(lambda day: day <= changed, changed)
        invoices = exports.invoices
        known = rows["before_run"].notna().to_numpy()
        changed_on = invoices["invoice_date"].where(
            ~known, earliest.set_axis(invoices.index).astype(invoices["invoice_date"].dtype)
        )
        moved = rows["reference_before_run"].notna() & (
            rows["xpm_run"] <= rows["reference_before_run"]
        )
        ready = (
            rows["ready_run"].notna()
            & (rows["ready_run"] < self.run.run)
            & (rows["ready_run"].map(days) < days[self.run.run])
        )
        invoices = invoices.assign(
            changed_on=changed_on,
            edited=(known & (rows["changed_run"] > rows["first_run"]).to_numpy()),
            moved=moved.to_numpy(dtype=bool),
            carried=self._carried(exports),
            gone=(rows["gone_run"].notna() & ~self._xpm_is_newer(rows["gone_run"])).to_numpy(
                dtype=bool
            ),
            missed_night=(ready & self._xpm_is_newer(rows["ready_run"])).to_numpy(dtype=bool),
        )
        return replace(exports, invoices=invoices, jobs=self._with_creation(exports.jobs, days))

    def _carried(self, exports: Exports) -> np.ndarray:
        """Whether the job that XPM has an invoice on was seen with its Reference as Client Order No."""
        if exports.xpm_invoices is None:
            return np.zeros(len(exports.invoices), dtype=bool)
        on = exports.xpm_invoices.drop_duplicates("invoice_no").set_index("invoice_no")["job_nos"]
        jobs = exports.invoices["invoice_no"].map(on).astype("object")
        jobs = jobs.where(jobs.notna(), "").astype("str")
        pairs = [
            _BETWEEN.join(pair)
            for pair in self._connection.execute("SELECT job_no, client_order_no FROM job_texts")
        ]
        return (jobs + _BETWEEN + exports.invoices["reference"]).isin(pairs).to_numpy(dtype=bool)

    def _xpm_is_newer(self, since: pd.Series) -> pd.Series:
        """Whether XPM's invoices were exported anew since a run: the same file tells nothing of the nights after it."""
        now = self.run.inputs.get("xpm_invoices")
        return since.isin([run.run for run in self.past if run.inputs.get("xpm_invoices") != now])

    def _with_creation(self, jobs: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
        if not self.past or jobs["created_on"].notna().all():
            return jobs
        first = pd.Series(
            dict(self._connection.execute("SELECT job_no, first_run FROM jobs")), dtype="Int64"
        )
        first = jobs["job_no"].map(first)
        later = (jobs["created_on"].isna() & (first > min(days.index))).fillna(False)
        return jobs.assign(
            created_on=jobs["created_on"].where(
                ~later, first.map(days).astype(jobs["created_on"].dtype)
            )
        )

    # Fixes ----------------------------------------------------------------------------------------------------------------

    def open_before(self) -> list[PastFix]:
        """The fixes that were open in the run before this one, with their facts then."""
        if not self.past:
            return []
        run = self.past[-1].run
        rows = self._connection.execute(
            "SELECT identity, since, (SELECT facts FROM fix_facts f WHERE f.identity = fixes.identity AND f.run <= :run "
            "ORDER BY f.run DESC LIMIT 1) FROM fixes WHERE first_run <= :run AND last_run >= :run ORDER BY identity",
            {"run": run},
        )
        return [
            PastFix(identity, date.fromisoformat(since), json.loads(facts))
            for identity, since, facts in rows
        ]

    def ended_before(self) -> dict[str, date]:
        """The fixes that were found fixed in an earlier run and were not open in the last one, with the day."""
        before = self._run_before() or 0
        rows = self._connection.execute(
            "SELECT identity, as_of FROM fixes JOIN runs ON runs.run = ended_run WHERE ended = 'fixed' AND ended_run <= ? ORDER BY ended_run",
            (before,),
        )
        return {identity: date.fromisoformat(day) for identity, day in rows}

    def keep(
        self,
        ledger: pd.DataFrame,
        fixes: Mapping[str, tuple[date, dict]],
        ended: Mapping[str, str],
        summary: Mapping[str, Any],
    ) -> None:
        """Write what this run found; nothing is committed yet.

        Args:
            ledger: the decided ledger, whose first rows are Exports.invoices.
            fixes: identity -> since when, and its facts, of every open fix. ended: identity -> fixed or not-seen.
            summary: totals (by outcome), fixes, minutes, before_tonight, exit_code.
        """
        self._keep_ready(ledger)
        run, before = self.run.run, self._run_before() or 0
        self._connection.execute("DELETE FROM fixes WHERE first_run = ?", (run,))
        self._connection.execute("UPDATE fixes SET last_run = ? WHERE last_run = ?", (before, run))
        self._connection.execute(
            "UPDATE fixes SET ended_run = NULL, ended = NULL WHERE ended_run = ?", (run,)
        )
        self._connection.execute("DELETE FROM fix_facts WHERE run = ?", (run,))
        for identity, (since, facts) in sorted(fixes.items()):
            text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
            extended = self._connection.execute(
                "UPDATE fixes SET last_run = ? WHERE identity = ? AND last_run = ?",
                (run, identity, before),
            )
            if not extended.rowcount:
                self._connection.execute(
                    "INSERT INTO fixes (identity, first_run, last_run, since) VALUES (?, ?, ?, ?)",
                    (identity, run, run, since.isoformat()),
                )
            last = self._connection.execute(
                "SELECT facts FROM fix_facts WHERE identity = ? ORDER BY run DESC LIMIT 1",
                (identity,),
            ).fetchone()
            if last is None or last[0] != text:
                self._connection.execute(
                    "INSERT INTO fix_facts VALUES (?, ?, ?)", (identity, run, text)
                )
        self._connection.executemany(
            "UPDATE fixes SET ended_run = ?, ended = ? WHERE identity = ? AND last_run = ?",
            ((run, how, identity, before) for identity, how in sorted(ended.items())),
        )
        values = [
            json.dumps(summary["totals"]),
            *(summary[name] for name in ("fixes", "minutes", "before_tonight", "exit_code")),
            run,
        ]
        self._connection.execute(
            "UPDATE runs SET totals = ?, fixes = ?, minutes = ?, before_tonight = ?, exit_code = ? WHERE run = ?",
            values,
        )

    def _keep_ready(self, ledger: pd.DataFrame) -> None:
        """Note since when an invoice that XPM does not have would be put on a job by that night's import."""
        rows = self._invoices
        ours = ledger.iloc[: len(rows)]
        ready = ((ours["now_place"] == "absent") & (ours["tonight_place"] == "job")).to_numpy()
        fresh = ready & rows["ready_run"].isna().to_numpy()
        self._connection.executemany(
            "UPDATE invoices SET ready_run = ? WHERE key = ?",
            ((self.run.run, key) for key in rows.index[fresh]),
        )
        lost = (
            ~ready
            & rows["ready_run"].notna().to_numpy()
            & ~ours["missed_night"].to_numpy(dtype=bool)
        )
        self._connection.executemany(
            "UPDATE invoices SET ready_run = NULL WHERE key = ?",
            ((key,) for key in rows.index[lost]),
        )

    def commit(self) -> None:
        """Keep this run for good."""
        self._connection.execute("COMMIT")

    # Telling --------------------------------------------------------------------------------------------------------------

    def runs(self) -> list[dict[str, Any]]:
        """Every run that ended, oldest first: run, as_of, started, totals, fixes, minutes, before_tonight, exit_code."""
        if self.is_new and self._run is None:
            return []
        names = (
            "run",
            "as_of",
            "started",
            "totals",
            "fixes",
            "minutes",
            "before_tonight",
            "exit_code",
        )
        rows = self._connection.execute(
            f"SELECT {', '.join(names)} FROM runs WHERE totals IS NOT NULL ORDER BY run"
        )
        return [
            {**dict(zip(names, row, strict=True)), "totals": json.loads(row[3])} for row in rows
        ]

    def spans(self) -> list[dict[str, Any]]:
        """Every span of every fix: identity, since, last_day, ended, ended_day (None while open), last_run, facts (the last)."""
        if self.is_new and self._run is None:
            return []
        rows = self._connection.execute(
            "SELECT identity, since, a.as_of, ended, b.as_of, last_run, (SELECT facts FROM fix_facts f WHERE f.identity = fixes.identity "
            "AND f.run <= last_run ORDER BY f.run DESC LIMIT 1) FROM fixes JOIN runs a ON a.run = last_run "
            "LEFT JOIN runs b ON b.run = ended_run ORDER BY since, identity"
        )
        names = ("identity", "since", "last_day", "ended", "ended_day", "last_run", "facts")
        return [{**dict(zip(names, row, strict=True)), "facts": json.loads(row[6])} for row in rows]

    # Tables ---------------------------------------------------------------------------------------------------------------

    def _table(self, name: str, columns: Sequence[str], index: str) -> pd.DataFrame:
        rows = self._connection.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall()
        table = pd.DataFrame(rows, columns=list(columns)).set_index(index)
        return table.astype(
            {one: "float64" if one.endswith("_run") else "object" for one in table.columns}
        )

    def _write(self, name: str, key: str, columns: Sequence[str], rows: pd.DataFrame) -> None:
        values = zip(rows.index, *(_plain(rows[one]) for one in columns), strict=True)
        marks = ", ".join("?" * (1 + len(columns)))
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {name} ({key}, {', '.join(columns)}) VALUES ({marks})", values
        )


def _seen(exports: Exports) -> pd.DataFrame:
    """What this run's exports show of each Xero document: index key; reference, content, date (texts) and spot (None: not in XPM)."""
    rows = exports.invoices
    key = rows["kind"] + _BETWEEN + rows["invoice_no"] + _BETWEEN + rows["contact"]
    twice = (
        key.duplicated()
    )  # credit notes and invoices set aside may share a key: each still has a row
    key = key.where(~twice, key + _BETWEEN + rows.groupby(key).cumcount().astype("str"))
    dates = rows["invoice_date"].dt.strftime("%Y-%m-%d").fillna("")
    parts = [
        rows["status"],
        rows["total_cents"].astype("str"),
        rows["tax_cents"].astype("str").fillna(""),
        dates,
    ]
    spot = pd.Series(None, index=rows.index, dtype="object")
    xpm = exports.xpm_invoices
    if xpm is not None and len(xpm):
        at = xpm.drop_duplicates("invoice_no").set_index("invoice_no")
        spot = rows["invoice_no"].map(at["job_nos"] + _BETWEEN + at["client"]).astype("object")
        spot = spot.where(spot.notna(), None)
    table = {
        "reference": rows["reference"],
        "content": parts[0].str.cat(parts[1:], sep=_BETWEEN),
        "date": dates,
        "spot": spot,
    }
    return pd.DataFrame(
        {name: column.astype("object").to_numpy() for name, column in table.items()},
        index=pd.Index(key.to_numpy(dtype=object)),
    )


def _same(one: pd.DataFrame, two: pd.DataFrame) -> pd.Series:
    """Which rows are equal in every column of _INVOICES; nothing equals nothing."""
    equal = [(one[name] == two[name]) | (one[name].isna() & two[name].isna()) for name in _INVOICES]
    return np.logical_and.reduce(equal)


def _plain(column: pd.Series) -> Iterable[Any]:
    """The values as SQLite takes them: whole numbers, texts, None."""
    if column.name.endswith("_run"):
        return (None if value != value else int(value) for value in column.astype("float64"))
    return (None if value is None or value != value else value for value in column)


def _code(error: Exception) -> int:
    """SQLite's primary code of an error; 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _passing(path: Path, error: Exception) -> TryLater | None:
    """What may be over at the next try, in words; None for what needs somebody."""
    words = None
    if _code(error) in _HELD:
        words = "another program holds the history", "Close it there"
    elif isinstance(error, OSError) or (_code(error) in _NOT_NOW and not path.is_dir()):
        words = "the history cannot be written to", "Free the space or the file"
    return (
        TryLater(f"{path}: {words[0]} ({error}). Nothing was changed. {words[1]}, then run again.")
        if words
        else None
    )


def _unreadable(path: Path, error: Exception) -> ReconcileError:
    return ReconcileError(
        f"{path}: cannot be read as a history ({error}). Put back a copy of it, or move it away to begin anew."
    )


def _upgrade(path: Path, connection: sqlite3.Connection, version: int) -> sqlite3.Connection:
    """Bring an older history to this schema, in one step that holds or leaves it as it was; its copy stays beside it."""
    connection.close()
    with (
        path.open("rb") as original,
        create_private(path.with_name(f"{path.name}.schema-{version}")) as copy,
    ):
        shutil.copyfileobj(original, copy)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for step in range(version, SCHEMA):
            connection.executescript(
                f"BEGIN;{UPGRADES[step]};PRAGMA user_version = {step + 1};COMMIT;"
            )
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
