"""What holds for every practice: nothing is lost, order and strangers change nothing, every fix is safe to begin.

Source: design.md "Tests"; contract.md "outcome", "fixes"; rules.md section 3.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from laws.oracle import Books, decide
from laws.practices import write_exports
from made.depth import few_or, seeds

from reconcile.exports.files.sources import find_sources
from reconcile.exports.tables import read_exports
from reconcile.fixes.fix_list import plan
from reconcile.rules.causes import FINDINGS, ORDER
from reconcile.rules.vocabulary import OUTCOMES
from reconcile.verdicts.verdicts import find

pytestmark = [pytest.mark.long, pytest.mark.deep]
SEEDS = seeds(40, 50)
FEWER = SEEDS[: few_or(4, 10)]
TABLES = ("invoices", "jobs", "xpm_invoices", "clients")
DECIDED = (
    "outcome cause now_place now_job_no belongs_place belongs_job_no certainty "
    "tonight_place tonight_job_no rule if_resynced_place if_resynced_job_no notes"
).split()
PREPARING = ("set-client-order-no", "rename-contact", "merge-contact", "rename-client")
XERO_EDITS = (
    "touch-invoice",
    "set-reference",
    "approve-invoice",
    "rename-contact",
    "merge-contact",
)
EARLY = tuple(f"T{number}" for number in range(1, 11))


def decisions(findings):
    """What is decided about each invoice, whatever the order of the rows."""
    rows = findings.ledger.to_dict("records")
    return {
        (row["invoice_no"], row["contact"], row["kind"]): [row[name] for name in DECIDED]
        for row in rows
    }


def in_short(fixes):
    """What each fix does, without what a larger practice changes: its number, and the commonest job state."""
    return {
        fix.invoices: (
            fix.cause,
            [
                (one.do, one.invoice_no, one.job_no, one.value)
                for one in fix.actions
                if one.do != "set-job-state"
            ],
            {option.job_no for option in fix.choices or ()},
        )
        for fix in fixes
    }


# Nothing is lost ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invoice_exactly_once(seed, decided):
    made, result = decided(seed)
    ledger = result.findings.ledger
    from_xero = ledger[ledger["kind"] != "only-in-xpm"]
    assert Counter(from_xero["invoice_no"]) == Counter(
        one.invoice_no for one in made.practice.invoices
    )
    assert not ledger.duplicated(["invoice_no", "kind"]).any()
    assert set(ledger["outcome"]) <= set(OUTCOMES)
    assert set(ledger["cause"]) <= {"", *FINDINGS}


@pytest.mark.parametrize("seed", SEEDS)
def test_control_totals(seed, decided):
    made, result = decided(seed)
    totals, parts = result.totals, result.totals.by_outcome.values()
    only = result.findings.ledger[result.findings.ledger["kind"] == "only-in-xpm"]
    assert (
        totals.invoices
        == sum(part.invoices for part in parts)
        == len(made.practice.invoices) + len(only)
    )
    cents = sum(one.total_cents for one in made.practice.invoices) + only["total_cents"].sum()
    assert totals.cents == sum(part.cents for part in parts) == cents
    assert result.exit_code == (
        10 if {"fix", "review"} & set(result.findings.ledger["outcome"]) else 0
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invoice_to_fix_is_in_exactly_one_fix(seed, decided):
    _, result = decided(seed)
    ledger = result.findings.ledger
    assert sorted(row for fix in result.fixes for row in fix.rows) == sorted(
        ledger.index[ledger["outcome"] == "fix"]
    )
    for fix in result.fixes:
        assert list(fix.invoices) == ledger.loc[list(fix.rows), "invoice_no"].tolist()
        assert fix.cents == ledger.loc[list(fix.rows), "total_cents"].sum()
        assert fix.cause in set(ledger.loc[list(fix.rows), "cause"])


# Safe to begin --------------------------------------------------------------------------------------------------------


def ways(fix):
    """The sequences of actions that a fix may lead to."""
    return [option.actions for option in fix.choices] if fix.choices else [fix.actions]


@pytest.mark.parametrize("seed", SEEDS)
def test_deletes_come_last_and_before_the_night(seed, decided):
    """R3: stopped at any point, no invoice is worse off."""
    for fix in decided(seed)[1].fixes:
        for way in ways(fix):
            names = [action.do for action in way]
            names = names[1:] if names[:1] == ["wait-overnight"] else names  # it begins tomorrow
            deletes = [at for at, name in enumerate(names) if name == "delete-xpm-invoice"]
            before = [at for at, name in enumerate(names) if name in (*PREPARING, *XERO_EDITS)]
            nights = [at for at, name in enumerate(names) if name == "wait-overnight"]
            assert not deletes or max(before, default=-1) < deletes[0], names
            assert not deletes or deletes[-1] < min(nights, default=len(names)), names
            assert len(nights) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_deleted_that_xpm_does_not_have_or_a_lock_would_lose(seed, decided):
    made, result = decided(seed)
    books, copies = Books(made.practice, made.settings, made.as_of), made.practice.xpm_invoices
    dated = {one.invoice_no: one.invoice_date for one in made.practice.invoices}
    rows = decide(made.practice, made.settings, made.as_of).items()
    tomorrow = {
        number for (number, _), row in rows if row["tonight_place"] in ("job", "client", "adhoc")
    }
    for fix in result.fixes:
        for way in ways(fix):
            for action in (action for action in way if action.do == "delete-xpm-invoice"):
                assert "Delete, not Cancel" in action.text
                assert not books.is_locked(dated[action.invoice_no])
                if copies is None:
                    assert "if XPM has it" in action.text
                else:  # where the work begins tomorrow, tonight's import may bring it
                    held = {copy.invoice_no for copy in copies} | (
                        tomorrow if way[0].do == "wait-overnight" else set()
                    )
                    assert action.invoice_no in held


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_fixes_set_one_field_to_different_texts(seed, decided):
    wanted = {}
    for fix in decided(seed)[1].fixes:
        nights = False
        for action in fix.actions:
            nights |= action.do == "wait-overnight"
            if not nights and action.do in (*PREPARING, "set-reference", "set-job-state"):
                field = action.do, action.job_no or action.invoice_no or action.from_value
                assert wanted.setdefault(field, action.value) == action.value, field


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fix_is_for_today_where_tonight_would_undo_it(seed, decided):
    made, result = decided(seed)
    for fix in result.fixes:
        rows = result.findings.ledger.loc[list(fix.rows)]
        taken = rows[rows["tonight_place"] != "skipped"]
        early = (fix.cause in EARLY and len(taken)) or taken["cause"].isin(EARLY).any()
        assert fix.valid_until == (
            made.as_of if early and made.practice.xpm_invoices is not None else None
        )
        assert fix.due == made.as_of or fix.valid_until is None
        assert made.as_of <= fix.due <= made.as_of + timedelta(days=7)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fix_list_is_in_the_order_to_do_it(seed, decided):
    fixes = decided(seed)[1].fixes
    keys = [(ORDER[fix.cause], fix.due, -abs(fix.cents), fix.invoices[0]) for fix in fixes]
    assert keys == sorted(keys)
    assert [fix.priority for fix in fixes] == list(range(1, len(fixes) + 1))


# Order and strangers change nothing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", FEWER)
def test_the_order_of_rows_changes_nothing(seed, decided):
    made, result = decided(seed)
    exports = result.exports
    turned = {
        name: table.iloc[::-1].reset_index(drop=True)
        for name in TABLES
        if (table := getattr(exports, name)) is not None
    }
    again = find(replace(exports, **turned), result.settings, made.as_of)
    assert decisions(again) == decisions(result.findings)
    assert in_short(plan(again, result.settings, made.as_of)) == in_short(result.fixes)


@pytest.mark.parametrize("seed", FEWER)
def test_the_order_of_files_changes_nothing(seed, decided, tmp_path):
    made, _ = decided(seed)
    half = len(made.practice.invoices) // 2
    parts = made.practice.invoices[: half + 1], made.practice.invoices[half:]
    found = []
    for at, (first, second) in enumerate([parts, parts[::-1]]):
        folder = tmp_path / str(at)
        for name, invoices in (("a", first), ("b", second)):
            only = replace(made, practice=replace(made.practice, invoices=invoices))
            write_exports(only, folder / name, seed)
        rest = sorted(one for one in (folder / "a").glob("xpm*.csv"))
        sources = find_sources(
            [*map(str, rest), str(folder / "a" / "xero*.csv"), str(folder / "b" / "xero*.csv")]
        )
        settings = decided(seed)[1].settings
        found.append(decisions(find(read_exports(sources, settings), settings, made.as_of)))
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", FEWER)
def test_unrelated_clients_change_nothing(seed, decided):
    made, result = decided(seed)
    exports = result.exports
    strangers = decided(SEEDS[SEEDS.index(seed) - len(FEWER)])[1].exports
    tables = {name: joined(getattr(exports, name), getattr(strangers, name)) for name in TABLES}
    numbers = exports.xero_numbers | {f"Z{number}" for number in strangers.xero_numbers}
    both = replace(exports, **tables, xero_numbers=numbers)
    more = find(both, result.settings, made.as_of)
    alone, together = decisions(result.findings), decisions(more)
    assert {key: together[key] for key in alone} == alone
    ours = set(result.findings.ledger["invoice_no"])
    fixes = [fix for fix in plan(more, result.settings, made.as_of) if ours & set(fix.invoices)]
    assert in_short(fixes) == in_short(result.fixes)


def joined(ours, theirs):
    """Two practices' tables as one; every text of the second begins with Z, so that they share nothing."""
    if ours is None or theirs is None:
        return ours
    theirs = theirs.copy()
    for name in (
        "invoice_no",
        "contact",
        "client",
        "reference",
        "client_order_no",
        "job_no",
        "billing_details",
    ):
        if name in theirs:
            theirs[name] = theirs[name].where(theirs[name] == "", "Z" + theirs[name])
    if "job_nos" in theirs:
        theirs["job_nos"] = theirs["job_nos"].str.replace(r"([^,\s][^,]*)", r"Z\1", regex=True)
    return pd.concat([ours, theirs], ignore_index=True)


@pytest.mark.parametrize("seed", FEWER)
def test_deciding_twice_is_deciding_once(seed, decided):
    made, result = decided(seed)
    again = find(result.exports, result.settings, made.as_of)
    pd.testing.assert_frame_equal(again.ledger, result.findings.ledger[again.ledger.columns])
    pd.testing.assert_frame_equal(again.jobs, result.findings.jobs)
    planned = plan(again, result.settings, made.as_of)
    assert tuple(planned) == tuple(replace(fix, facts="") for fix in result.fixes)
