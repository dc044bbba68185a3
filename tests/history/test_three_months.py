"""Three months of a practice, night by night: people mend some rightly, some wrongly, some not at all; every state of a fix occurs.

XPM is played here by its rules in plain words (rules.md E3, E4, M2, L1, L2): what is approved, edited within fourteen days and not
there yet goes on the job whose Client Order No. is its Reference, else on the client.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from made.builders import ACME, TODAY, ZENITH, invoice, job, practice, xpm_invoice

from reconcile.history.store import History
from reconcile.pipeline import decide_practice
from reconcile.settings.model import Settings
from reconcile.terminal.layout import Screen, rows_of
from reconcile.terminal.summary import closing_summary

pytestmark = pytest.mark.long
DAYS = 91
JOBS = {"J1": ("CLI-1", ACME), "J2": ("CLI-2", ZENITH)}


@dataclass
class Practice:
    """Xero and XPM on one day; `edited` is the day of each invoice's last edit."""

    day: int = 0
    xero: dict = field(default_factory=dict)
    edited: dict = field(default_factory=dict)
    xpm: dict = field(default_factory=dict)
    import_on: bool = True
    exported_from: int = 0

    def bill(self, no, reference, contact=ACME):
        self.xero[no] = {"reference": reference, "contact": contact, "day": self.day}
        self.edited[no] = self.day

    def set_reference(self, no, reference):
        self.xero[no]["reference"], self.edited[no] = reference, self.day

    def touch(self, no):
        self.edited[no] = self.day

    def delete_copy(self, no):
        del self.xpm[no]

    def sleep(self):
        """XPM's import."""
        for no, one in self.xero.items():
            if self.import_on and no not in self.xpm and self.day - self.edited[no] <= 14:
                self.xpm[no] = next(
                    (number for number, (order, _) in JOBS.items() if order == one["reference"]), ""
                )

    def exports(self):
        """What a person exports on this day."""
        shown = {no: one for no, one in self.xero.items() if one["day"] >= self.exported_from}
        return practice(
            invoices=[
                invoice(one["reference"], no=no, contact=one["contact"], age=DAYS - one["day"])
                for no, one in shown.items()
            ],
            jobs=[job(number, order, client=client) for number, (order, client) in JOBS.items()],
            xpm_invoices=[
                xpm_invoice(number, no=no, client=self.xero[no]["contact"])
                for no, number in self.xpm.items()
            ],
        )


# Day -> what people do before that evening's run (the import comes after it).
SCRIPT = {
    0: lambda p: p.bill("INV-1", "CLI-1"),
    3: lambda p: p.bill("INV-2", "cli-1"),  # a near miss, that nobody sees before the night
    6: lambda p: p.set_reference("INV-2", "CLI-1"),  # half of the fix
    8: lambda p: p.delete_copy("INV-2"),  # the other half
    12: lambda p: p.bill("INV-3", ""),
    20: lambda p: p.bill("INV-4", ""),
    22: lambda p: (
        p.set_reference("INV-4", "CLI-2"),
        p.delete_copy("INV-4"),
    ),  # wrongly: another client's job
    26: lambda p: (p.set_reference("INV-4", "CLI-1"), p.delete_copy("INV-4")),  # rightly
    30: lambda p: p.bill("INV-5", ""),  # nobody ever mends it
    40: lambda p: p.bill("INV-6", ""),
    43: lambda p: (p.set_reference("INV-6", "CLI-1"), p.delete_copy("INV-6")),
    50: lambda p: (p.set_reference("INV-6", ""), p.delete_copy("INV-6")),  # undone by somebody
    52: lambda p: (p.set_reference("INV-6", "CLI-1"), p.delete_copy("INV-6")),
    59: lambda p: setattr(p, "import_on", False),
    60: lambda p: p.bill("INV-7", "CLI-1"),
    63: lambda p: (setattr(p, "import_on", True), p.touch("INV-7")),
    80: lambda p: setattr(p, "exported_from", 35),  # from now on a shorter period is exported
}
AFTER_THE_RUN = {13: lambda p: (p.set_reference("INV-3", "CLI-1"), p.delete_copy("INV-3"))}
MISSED = {15, 16, 45, 71, 72, 73}  # nights without a run

# Day, invoice, its fix's state, and what is said of it.
EXPECTED = [
    (3, "INV-2", "new", ""),
    (4, "INV-2", "landed-wrong", "INV-2 landed on the client, and not on J1"),
    (5, "INV-2", "persisting", ""),
    (6, "INV-2", "persisting", "INV-2: Reference now right, XPM's copy not deleted yet"),
    (8, "INV-2", "done-not-synced", "INV-2 is done, and comes with the next night"),
    (9, "INV-2", "fixed", "INV-2 is on J1"),
    (12, "INV-3", "new", ""),
    (13, "INV-3", "landed-wrong", "INV-3 landed on the client, and not on J1"),
    (14, "INV-3", "fixed", "INV-3 is on J1"),
    (23, "INV-4", "landed-wrong", "INV-4 landed on J2, and not on J1"),
    (27, "INV-4", "fixed", "INV-4 is on J1"),
    (44, "INV-6", "fixed", "INV-6 is on J1"),
    (50, "INV-6", "came-back", "and is back"),
    (53, "INV-6", "fixed", "INV-6 is on J1"),
    (61, "INV-7", "new", ""),  # one night should have taken it: no need to wait for two days (T28)
    (64, "INV-7", "fixed", "INV-7 is on J1"),
    (79, "INV-5", "persisting", ""),
    (80, "INV-5", "not-seen", "INV-5 is in none of the exports"),
]


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Day -> the run's result."""
    path = tmp_path_factory.mktemp("three-months") / "history.db"
    people, results = Practice(), {}
    for day in range(DAYS):
        people.day = day
        SCRIPT.get(day, lambda p: None)(people)
        if day not in MISSED:
            results[day] = run(path, people)
        AFTER_THE_RUN.get(day, lambda p: None)(people)
        people.sleep()
    return results


def run(path, people):
    as_of = TODAY - timedelta(days=DAYS - people.day)
    exports = people.exports()
    inputs = [
        replace(exports.inputs[0], role=role, sha256=f"{role} {people.day}")
        for role in ("xero_invoices", "xpm_invoices")
    ]
    inputs[1] = replace(inputs[1], rows=0, records=0)
    exports = exports.__class__(**{**exports.__dict__, "inputs": tuple(inputs)})
    with History.open(path) as history:
        history.take_in(exports, as_of, started=str(as_of))
        result = decide_practice(
            history.with_evidence(exports), Settings(practice="Harbour"), as_of, history=history
        )
        history.commit()
    return result


@pytest.mark.parametrize(
    ("day", "no", "state", "words"),
    EXPECTED,
    ids=[f"day {one[0]} {one[1]} {one[2]}" for one in EXPECTED],
)
def test_what_became_of_it_by_that_night(nights, day, no, state, words):
    (entry,) = [entry for entry in nights[day].since.entries if no in entry.invoices]
    assert entry.state == state and words in entry.words


def test_every_state_occurs(nights):
    seen = {entry.state for result in nights.values() for entry in result.since.entries}
    assert seen == {
        "new",
        "came-back",
        "persisting",
        "done-not-synced",
        "fixed",
        "landed-wrong",
        "not-seen",
    }


def test_nothing_else_is_ever_told_of(nights):
    """Invoices that nobody broke have no fix on any night, and no night tells of an invoice before it is billed."""
    told = {
        no for result in nights.values() for entry in result.since.entries for no in entry.invoices
    }
    assert told == {"INV-2", "INV-3", "INV-4", "INV-5", "INV-6", "INV-7"}


def test_a_fix_counts_from_its_first_night_to_its_last(nights):
    first = {
        no: next(
            day for day, result in nights.items() if any(no in fix.invoices for fix in result.fixes)
        )
        for no in ("INV-4", "INV-5")
    }
    assert first == {"INV-4": 20, "INV-5": 30}
    (fix,) = [fix for fix in nights[79].fixes if "INV-5" in fix.invoices]
    assert fix.first_seen == TODAY - timedelta(days=DAYS - 30)


def test_the_summary_of_every_night_fits(nights):
    for result in nights.values():
        rows = told(result)
        assert len(rows) <= 12 and all(len(row) <= 80 for row in rows)


def told(result):
    """The closing summary's rows."""
    from pathlib import Path

    return [
        row
        for line in closing_summary(result, Path("fixlist"), [Path("fixlist.xlsx")])
        for row in rows_of(line, Screen(80))
    ]
