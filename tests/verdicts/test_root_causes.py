"""Root causes: each fires, each stays silent on little evidence, at most five, the largest first.

Source: rules.md E6, L3, T10, G8.
"""

import pytest
from made.builders import ACME, NEVER, ZENITH, ago, decide, invoice, job, xpm_invoice

from reconcile.settings.model import Settings
from reconcile.verdicts.root_causes import find_roots

ON = Settings(adhoc="all")
NORTH = "North Ltd"


def roots(settings=None, **given):
    settings = settings or Settings()
    return [
        (one.root, one.invoices, one.cents)
        for one in find_roots(decide(settings=settings, **given), settings)
    ]


def several(count, reference="x", **more):
    return [invoice(reference, no=f"INV-{at}", cents=100, **more) for at in range(count)]


def copies(count, job_nos="", **more):
    return [xpm_invoice(job_nos, no=f"INV-{at}", cents=100, **more) for at in range(count)]


TEMPLATE = [job("J1", "", name="BAS"), job("J2", "", client=ZENITH, name="BAS")]
STRAY = "ACME PTY LTD"

# what it shows, the practice, the roots
ROOTS = [
    ("nothing is wrong", {}, []),
    ("ad hoc on, and one would land on one", dict(invoices=several(1), xpm_invoices=NEVER, settings=ON), [("adhoc-on", 1, 100)]),
    ("ad hoc on, and nothing of it", dict(settings=ON), []),
    ("ad hoc off, three on ad hoc jobs", dict(invoices=several(3, "CLI-1"), xpm_invoices=copies(3, "ADHOC-1")), [("adhoc-on", 3, 300)]),
    ("ad hoc off, two on ad hoc jobs", dict(invoices=several(2, "CLI-1"), xpm_invoices=copies(2, "ADHOC-1")), []),
    ("none of the recent is in XPM", dict(invoices=several(3, "CLI-1"), xpm_invoices=NEVER), [("import-off", 3, 300)]),
    ("none is, and XPM's export is older", dict(invoices=several(3, "CLI-1"), xpm_invoices=NEVER, exported_on=ago(5)), []),
    ("one of the recent is in XPM", dict(invoices=several(4, "CLI-1"), xpm_invoices=copies(1, "J1")), []),
    ("too young to be in XPM", dict(invoices=several(3, "CLI-1", age=1), xpm_invoices=NEVER), []),
    ("too old to tell", dict(invoices=several(3, "CLI-1", age=40), xpm_invoices=NEVER), []),
    ("XPM's invoices were not given", dict(invoices=several(3, "CLI-1"), xpm_invoices=None), []),
    ("a contact renamed", dict(invoices=several(3, "CLI-1", contact=STRAY), xpm_invoices=copies(3, client=STRAY)), [("contact-renamed", 3, 300)]),
    ("a contact renamed, two invoices", dict(invoices=several(2, "CLI-1", contact=STRAY), xpm_invoices=copies(2, client=STRAY)), []),
    ("a template of non-billing jobs", dict(invoices=[*several(2), invoice("y", no="INV-2", contact=ZENITH, cents=100)], jobs=TEMPLATE, xpm_invoices=copies(3)), [("non-billing-template", 3, 300)]),
    ("of one client alone", dict(invoices=several(3), jobs=TEMPLATE[:1], xpm_invoices=copies(3)), []),
    ("one job of that name bills", dict(invoices=[*several(2), invoice("y", no="INV-2", contact=ZENITH, cents=100)], jobs=[*TEMPLATE, job("J3", "CLI-3", client=NORTH, name="BAS")], xpm_invoices=copies(3)), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"), [one[1:] for one in ROOTS], ids=[one[0] for one in ROOTS]
)
def test_roots(given, expected):
    assert roots(**given) == expected


def test_at_most_five_the_largest_first():
    clients = [f"Client {letter}" for letter in "ABCDEF"]
    invoices = [
        invoice(f"CLI-{at}", no=f"INV-{at}-{n}", contact=name.upper())
        for at, name in enumerate(clients, start=1)
        for n in range(2 + at)
    ]
    jobs = [job(f"J{at}", f"CLI-{at}", client=name) for at, name in enumerate(clients, start=1)]
    held = [xpm_invoice("", no=one["invoice_no"], client=one["contact"]) for one in invoices]
    assert [count for _, count, _ in roots(invoices=invoices, jobs=jobs, xpm_invoices=held)] == [
        8,
        7,
        6,
        5,
        4,
    ]


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        pytest.param([job()], {"J1": "J1"}, id="itself"),
        pytest.param(
            [job(), job("J2", created=9)],
            {"J1": "J2", "J2": "J2"},
            id="a newer one has taken over (M3)",
        ),
        pytest.param([job(), job("J2")], {"J1": "", "J2": ""}, id="cannot be told"),
        pytest.param(
            [job(state="Completed"), job("J2", created=200)],
            {"J1": "J2", "J2": "J2"},
            id="the older, as the newer is closed",
        ),
        pytest.param([job(order="CLI-7")], {"J1": ""}, id="no invoice carries it"),
        pytest.param([job(order="")], {"J1": ""}, id="blank"),
        pytest.param(
            [job(), job("J2", name="Ad hoc", created=9)],
            {"J1": "J1", "J2": ""},
            id="an ad hoc job takes none",
        ),
    ],
)
def test_the_job_that_gets_the_next_invoice(jobs, expected):
    found = decide(invoices=[invoice(contact=ACME)], jobs=jobs).jobs
    assert dict(zip(found["job_no"], found["next_job_no"], strict=True)) == expected
