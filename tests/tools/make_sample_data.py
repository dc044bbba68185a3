"""Writes the exports of a made-up practice, Harbour & Hill Accountants of Sydney and Ballarat, into sample_data/.

    python tests/tools/make_sample_data.py [DIR]

Every name in here is invented. The first table, STORIES, has a client for each way in which an invoice can miss its
job, under the rule id that the reports cite; the second, ORDINARY, is the rest of the ledger, where all is well. What
happens to one client never touches another, unless the story is about exactly that.

The bytes are the same on every run and on every system: chance comes from a seed and the client's name, files are
written as bytes, and the workbook is stored uncompressed with fixed dates. INTENDED says which cause each invoice
was made for; an invoice that is not in it is where it belongs (or was voided in time).
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.sax.saxutils import escape

SEED = 20261123
AS_OF = date(2026, 11, 23)
LOCK_DATE = date(2025, 12, 31)
FIRST_FILE = ("xero-invoices-2025-09-to-2026-05.csv", date(2025, 9, 1), date(2026, 5, 31))
SECOND_FILE = ("xero-invoices-2026-04-to-2026-11.csv", date(2026, 4, 1), AS_OF)

# Where XPM has an invoice, when that is not simply the job it was picked for on its night.
PICKED, CLIENT, ABSENT = "picked", "on the client", "not in XPM"


@dataclass
class Job:
    key: str  # how the story's invoices call it
    order_no: str  # Client Order No.
    name: str
    created: str
    state: str = "In progress"
    category: str = "Tax & Compliance"
    number: str = ""  # J000nnn, given in order of creation
    client: Client | None = None


@dataclass
class Invoice:
    date: str
    reference: str  # "{key}" stands for that job's number
    at: str = PICKED  # a job's key, "client/key", "key+key", or one of the three above
    cause: str = ""
    contact: str = ""  # when the Xero contact is not called what the XPM client is called
    status: str = ""  # otherwise decided by age and luck
    net: str = ""  # otherwise the client's usual fee
    type: str = "Sales invoice"
    xpm_client: str = ""  # when XPM has it under another client, or at another amount
    xpm_total: str = ""
    credit: str = ""  # a credit note was set against it
    part_paid: str = ""
    paid_between_exports: bool = False
    in_xero: bool = True
    number: str = ""

    @property
    def day(self) -> date:
        return date.fromisoformat(self.date)


@dataclass
class Client:
    name: str
    office: str
    jobs: list[Job]
    invoices: list[Invoice]
    billing: str = ""
    status: str = "Active"

    def rng(self, about: str = "") -> random.Random:
        """Chance that depends on this client only, so that changing one story leaves the others as they are."""
        return random.Random(f"{SEED}/{self.name}/{about}")


@dataclass
class Line:
    description: str
    item: str = ""
    quantity: Decimal | None = None  # None: a comment, no amounts
    unit: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)  # per cent
    net: Decimal = field(init=False)
    tax: Decimal = field(init=False)

    def __post_init__(self):
        self.net = cents((self.quantity or 0) * self.unit * (100 - self.discount) / 100)
        self.tax = cents(self.net / 10)


def cents(amount) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


# -------------------------------------------------------------------------------------------------- short forms


def yearly(order_no: str, state26: str = "Lodged", state27: str = "In progress") -> list[Job]:
    """The recurring pair: one job a year, both with the same Client Order No. (G7)."""
    day = int(order_no[-2:]) % 24 + 2
    return [
        Job("fy26", order_no, "FY26 Accounting & tax", f"2025-07-{day:02d}", state26),
        Job("fy27", order_no, "FY27 Accounting & tax", f"2026-07-{day:02d}", state27),
    ]


def ongoing(order_no: str) -> list[Job]:
    """One job that runs on, year after year."""
    day = int(order_no[-2:]) % 24 + 2
    return [Job("job", order_no, "Accounting & tax, ongoing", f"2025-06-{day:02d}")]


def monthly(reference: str, first: str, count: int, every: int = 1, **same) -> list[Invoice]:
    """`count` invoices on one day of the month, `every` so many months."""
    start = date.fromisoformat(first)
    months = [start.month - 1 + every * i for i in range(count)]
    days = [start.replace(year=start.year + m // 12, month=m % 12 + 1) for m in months]
    return [Invoice(day.isoformat(), reference, **same) for day in days]


SYD, BAL = "Sydney", "Ballarat"

# ------------------------------------------------------------------------------------------------------ stories

STORIES = [
    # T1: the biller left the reference blank; the client has one text, so it is the likely one
    Client(
        "Bellbird Florist Pty Ltd",
        BAL,
        yearly("CLI-1401"),
        [*monthly("CLI-1401", "2025-10-06", 6, every=2), Invoice("2026-09-07", "", CLIENT, "T1")],
    ),
    # T1: blank again, but two proposals run side by side: somebody has to choose
    Client(
        "Marchetti & Sons Pty Ltd",
        SYD,
        [
            Job("tax", "PROP-2101", "Tax & financial statements", "2025-09-29"),
            Job("adv", "PROP-2102", "Virtual CFO", "2025-09-30", category="Advisory"),
        ],
        [
            *monthly("PROP-2101", "2025-10-15", 3, every=3),
            *monthly("PROP-2102", "2026-01-20", 3, every=3),
            Invoice("2026-09-14", "", CLIENT, "T1"),
        ],
    ),
    # T2: words where the reference should be
    Client(
        "Kiewa Valley Cheese Pty Ltd",
        BAL,
        yearly("CLI-1403"),
        [
            *monthly("CLI-1403", "2025-11-03", 4, every=3),
            Invoice("2026-10-01", "Monthly fee", CLIENT, "T2"),
        ],
    ),
    # T2: two digits changed places, the night is still to come
    Client(
        "Osei, Kwame",
        SYD,
        yearly("CLI-1481"),
        [
            *monthly("CLI-1481", "2025-12-08", 4, every=3),
            Invoice("2026-11-21", "CLI-1841", ABSENT, "T2"),
        ],
    ),
    # T3: capitals
    Client(
        "Lindqvist Interiors Pty Ltd",
        SYD,
        ongoing("CLI-1405"),
        [
            *monthly("CLI-1405", "2026-01-12", 4, every=3),
            Invoice("2026-11-22", "cli-1405", ABSENT, "T3"),
        ],
    ),
    # T3: a space inside
    Client(
        "Tarrawarra Fencing Pty Ltd",
        BAL,
        ongoing("CLI-1406"),
        [
            *monthly("CLI-1406", "2025-10-13", 4, every=3),
            Invoice("2026-10-12", "CLI -1406", CLIENT, "T3"),
        ],
    ),
    # T3: an en dash, pasted from a letter
    Client(
        "Banksia Street Childcare Inc",
        BAL,
        ongoing("CLI-1407"),
        [
            *monthly("CLI-1407", "2025-11-10", 4, every=3),
            Invoice("2026-09-21", "CLI\u20131407", CLIENT, "T3"),
        ],
    ),
    # T3: a zero too many
    Client(
        "Petrov, Anna & Dmitri",
        SYD,
        ongoing("CLI-1408"),
        [
            *monthly("CLI-1408", "2025-12-01", 4, every=3),
            Invoice("2026-10-19", "CLI-01408", CLIENT, "T3"),
        ],
    ),
    # T3: the right text with more text behind it
    Client(
        "Mulga Creek Grazing Co",
        BAL,
        ongoing("CLI-1409"),
        [
            *monthly("CLI-1409", "2025-10-20", 4, every=3),
            Invoice("2026-10-26", "CLI-1409 - September BAS", CLIENT, "T3"),
        ],
    ),
    # T3: two references in one field (M6)
    Client(
        "Harcourt Orchards Pty Ltd",
        BAL,
        [
            Job("tax", "PROP-2103", "Tax & financial statements", "2025-10-02"),
            Job("pay", "PROP-2104", "Payroll", "2025-10-03", category="Bookkeeping"),
        ],
        [
            *monthly("PROP-2103", "2025-10-27", 3, every=4),
            *monthly("PROP-2104", "2025-11-24", 3, every=3),
            Invoice("2026-09-28", "PROP-2103, PROP-2104", CLIENT, "T3"),
        ],
    ),
    # T4: the job was lodged and closed, then one more invoice came
    Client(
        "Pemberton, Ruth",
        BAL,
        [Job("tax", "CLI-1411", "FY26 Individual return", "2025-08-11", "Lodged")],
        [
            *monthly("CLI-1411", "2025-10-01", 3, every=3),
            Invoice("2026-09-02", "CLI-1411", CLIENT, "T4"),
        ],
    ),
    # T4: "With client" is an on-hold state in this practice; back to In progress before tonight, please
    Client(
        "Tindale Freight Pty Ltd",
        SYD,
        yearly("CLI-1412", state27="With client"),
        [
            *monthly("CLI-1412", "2025-11-17", 4, every=3),
            Invoice("2026-11-22", "CLI-1412", ABSENT, "T4"),
        ],
    ),
    # T5: two of this year's jobs were deployed on one day with one text
    Client(
        "Yarrowee Physio Pty Ltd",
        BAL,
        [
            Job("fy26", "CLI-1413", "FY26 Accounting & tax", "2025-07-01", "Lodged"),
            Job("tax", "CLI-1413", "FY27 Accounting & tax", "2026-07-01"),
            Job("bas", "CLI-1413", "FY27 BAS", "2026-07-01", category="BAS & GST"),
        ],
        [
            *monthly("CLI-1413", "2025-10-28", 3, every=3),
            Invoice("2026-11-23", "CLI-1413", ABSENT, "T5"),
        ],
    ),
    # T6: a job somebody made by hand; one text on it mends four invoices
    Client(
        "Eureka Lane Bakery Pty Ltd",
        BAL,
        [Job("hand", "", "Bookkeeping (set up by hand)", "2026-07-20", category="Bookkeeping")],
        monthly("CLI-1414", "2026-08-05", 4, at=CLIENT, cause="T6"),
    ),
    # T6: a job older than Ignition; the first invoice with a reference comes tonight
    Client(
        "Whitlock Joinery Pty Ltd",
        SYD,
        [Job("old", "", "Annual accounts", "2019-08-19")],
        [Invoice("2026-11-23", "CLI-1415", ABSENT, "T6")],
    ),
    # T7: the client moved from client grouping to proposal grouping, the job did not
    Client(
        "Papadakis Seafoods Pty Ltd",
        SYD,
        yearly("CLI-1416"),
        [
            *monthly("CLI-1416", "2025-10-09", 4, every=3),
            Invoice("2026-10-09", "PROP-2105", CLIENT, "T7"),
        ],
    ),
    # T7: the other way round, for tonight
    Client(
        "Moorabool Engineering Pty Ltd",
        BAL,
        [Job("tax", "PROP-2106", "Tax & financial statements", "2025-10-08")],
        [
            *monthly("PROP-2106", "2025-11-12", 4, every=2),
            Invoice("2026-11-21", "CLI-1417", ABSENT, "T7"),
        ],
    ),
    # T8: the proposal was renewed in September, the job still carries last year's
    Client(
        "Gunther Landscapes Pty Ltd",
        BAL,
        [Job("tax", "PROP-2107", "Tax & financial statements", "2025-09-16")],
        [
            *monthly("PROP-2107", "2025-10-22", 4, every=3),
            Invoice("2026-10-22", "PROP-2108", CLIENT, "T8"),
            Invoice("2026-11-22", "PROP-2108", ABSENT, "T8"),
        ],
    ),
    # T9: a couple's trust and the wife's own file, one digit apart; it waits on the client
    Client(
        "Larkin, Siobhan",
        SYD,
        ongoing("CLI-1419"),
        [
            *monthly("CLI-1419", "2025-12-15", 4, every=3),
            Invoice("2026-10-15", "CLI-1420", CLIENT, "T9"),
        ],
    ),
    Client(
        "Wendouree Family Trust",
        SYD,
        ongoing("CLI-1420"),
        monthly("CLI-1420", "2025-10-14", 4, every=3),
    ),
    # T9: the same slip, but XPM already has it on the other client's job (C4: nobody says it may)
    Client(
        "Corella Books Pty Ltd",
        BAL,
        ongoing("CLI-1421"),
        [
            *monthly("CLI-1421", "2025-11-26", 4, every=3),
            Invoice("2026-09-16", "CLI-1422", "Galah Records Pty Ltd/job", "T9"),
        ],
    ),
    Client(
        "Galah Records Pty Ltd",
        BAL,
        ongoing("CLI-1422"),
        monthly("CLI-1422", "2025-10-29", 4, every=3),
    ),
    # T10: two full stops too many; XPM made a stray client of that name (see the next one)
    Client(
        "Dimboola Dairy Pty Ltd",
        BAL,
        ongoing("CLI-1423"),
        [
            *monthly("CLI-1423", "2025-12-10", 3, every=3, contact="Dimboola Dairy Pty. Ltd."),
            Invoice(
                "2026-10-10",
                "CLI-1423",
                CLIENT,
                "T10",
                contact="Dimboola Dairy Pty. Ltd.",
                xpm_client="Dimboola Dairy Pty. Ltd.",
            ),
        ],
    ),
    Client("Dimboola Dairy Pty. Ltd.", BAL, [], []),
    # T10: a typographic apostrophe, for tonight
    Client(
        "O'Rourke Electrical Pty Ltd",
        SYD,
        ongoing("CLI-1424"),
        [
            *monthly(
                "CLI-1424", "2026-01-21", 3, every=3, contact="O\u2019Rourke Electrical Pty Ltd"
            ),
            Invoice(
                "2026-11-23", "CLI-1424", ABSENT, "T10", contact="O\u2019Rourke Electrical Pty Ltd"
            ),
        ],
    ),
    # T10: "&" is not "and", and letters and digits alone do not settle it: a person looks
    Client(
        "Tran and Associates Pty Ltd",
        SYD,
        ongoing("CLI-1425"),
        [Invoice("2026-11-21", "CLI-1425", ABSENT, "T10", contact="Tran & Associates Pty Ltd")],
    ),
    # T12: the group pays the bills, and XPM put the invoice there
    Client(
        "Coral Bay Dental Pty Ltd",
        SYD,
        ongoing("CLI-1426"),
        [
            *monthly("CLI-1426", "2025-10-30", 3, every=3),
            Invoice("2026-09-30", "CLI-1426", CLIENT, "T12", xpm_client="Coral Bay Group Pty Ltd"),
        ],
        billing="Coral Bay Group Pty Ltd",
    ),
    Client(
        "Coral Bay Group Pty Ltd",
        SYD,
        [Job("grp", "PROP-2109", "Group consolidation", "2025-09-25", category="Advisory")],
        monthly("PROP-2109", "2025-11-20", 4, every=3),
    ),
    # T13: archived after the last return, and then there was one more fee
    Client(
        "Fairweather, Joan",
        BAL,
        [Job("tax", "CLI-1427", "Estate returns", "2025-07-30")],
        [
            *monthly("CLI-1427", "2025-11-05", 3, every=2),
            Invoice("2026-10-13", "CLI-1427", ABSENT, "T13"),
        ],
        status="Archived",
    ),
    # T14: for one week in March somebody had ad hoc jobs switched on
    Client(
        "Redgum Timber Pty Ltd",
        BAL,
        [*yearly("CLI-1428"), Job("adhoc", "", "Ad hoc job", "2026-03-10", category="Ad hoc")],
        [
            *monthly("CLI-1428", "2025-11-09", 4, every=3),
            Invoice("2026-03-10", "CLI-1428", "adhoc", "T14"),
        ],
    ),
    # T16: the connection was down for a fortnight in October
    Client(
        "Zielinski, Marek",
        SYD,
        ongoing("CLI-1429"),
        [
            *monthly("CLI-1429", "2025-12-19", 4, every=3),
            Invoice("2026-10-08", "CLI-1429", ABSENT, "T16"),
        ],
    ),
    # T17: a line was added in Xero after the night of the import
    Client(
        "Nightingale Homewares Pty Ltd",
        SYD,
        ongoing("CLI-1430"),
        [
            *monthly("CLI-1430", "2025-10-21", 4, every=3),
            Invoice("2026-09-24", "CLI-1430", cause="T17", net="1600.00", xpm_total="1650.00"),
        ],
    ),
    # T18: XPM has used the number for somebody else's invoice
    Client(
        "Castlemaine Cycles Pty Ltd",
        BAL,
        ongoing("CLI-1431"),
        [
            *monthly("CLI-1431", "2025-11-25", 4, every=3),
            Invoice(
                "2026-09-09",
                "CLI-1431",
                "Vasquez, Elena/job",
                "T18",
                net="640.00",
                xpm_total="5940.00",
            ),
        ],
    ),
    Client(
        "Vasquez, Elena", SYD, ongoing("CLI-1432"), monthly("CLI-1432", "2025-12-03", 4, every=3)
    ),
    # T19: dated before the lock date, never imported
    Client(
        "Stonybridge Quarry Pty Ltd",
        BAL,
        ongoing("CLI-1433"),
        [
            Invoice("2025-12-16", "CLI-1433", ABSENT, "T19"),
            *monthly("CLI-1433", "2026-01-16", 4, every=3),
        ],
    ),
    # T20: waits for a partner's approval; the draft below it is a draft by choice
    Client(
        "Jacaranda Yoga Studio",
        SYD,
        yearly("CLI-1434"),
        [
            *monthly("CLI-1434", "2025-10-24", 4, every=3),
            Invoice("2026-11-20", "CLI-1434", ABSENT, "T20", status="Awaiting Approval"),
            Invoice("2026-11-23", "CLI-1434", ABSENT, "T20", status="Draft"),
        ],
    ),
    # T21: a credit note for part of an invoice, set against it; another still open
    Client(
        "Sapphire Coast Charters Pty Ltd",
        SYD,
        ongoing("CLI-1435"),
        [
            *monthly("CLI-1435", "2025-11-04", 3, every=3),
            Invoice("2026-08-11", "CLI-1435", net="900.00", status="Paid", credit="220.00"),
            Invoice(
                "2026-08-18",
                "CLI-1435",
                ABSENT,
                "T21",
                net="-200.00",
                status="Paid",
                type="Sales credit note",
            ),
            Invoice(
                "2026-11-16",
                "",
                ABSENT,
                "T21",
                net="-75.00",
                status="Awaiting Payment",
                type="Sales credit note",
            ),
        ],
    ),
    # T22: voided in Xero, XPM kept its copy (A1); the second was voided before any night, so no harm was done
    Client(
        "Abernathy, Colin",
        BAL,
        yearly("CLI-1436"),
        [
            *monthly("CLI-1436", "2025-12-22", 3, every=3),
            Invoice("2026-08-24", "CLI-1436", cause="T22", status="Voided"),
            Invoice("2026-08-25", "CLI-1436", ABSENT, status="Voided"),
        ],
    ),
    # T24: young enough, the night has yet to come
    Client(
        "Silverton Optical Pty Ltd",
        SYD,
        ongoing("CLI-1437"),
        [
            *monthly("CLI-1437", "2026-02-21", 4, every=2),
            Invoice("2026-11-21", "CLI-1437", ABSENT, "T24"),
        ],
    ),
    Client(
        "Buninyong Veterinary Clinic",
        BAL,
        ongoing("CLI-1438"),
        [
            *monthly("CLI-1438", "2026-01-23", 4, every=3),
            Invoice("2026-11-23", "CLI-1438", ABSENT, "T24"),
        ],
    ),
    Client(
        "Nguyen, Thi Lan",
        SYD,
        [Job("bas", "PROP-2110", "Quarterly BAS", "2025-10-01", category="BAS & GST")],
        [
            *monthly("PROP-2110", "2025-11-23", 4, every=3),
            Invoice("2026-11-23", "PROP-2110", ABSENT, "T24"),
        ],
    ),
    # T25: raised in XPM and never sent to Xero
    Client(
        "Fitzgerald & Daughters",
        BAL,
        yearly("CLI-1439"),
        [
            *monthly("CLI-1439", "2025-10-27", 3, every=3),
            Invoice("2026-06-24", "CLI-1439", cause="T25", in_xero=False),
        ],
    ),
    # T26: on the client's other job
    Client(
        "Callaghan Pastoral Co",
        BAL,
        [
            Job("bas", "PROP-2111", "Quarterly BAS", "2025-10-06", category="BAS & GST"),
            Job("adv", "PROP-2112", "Succession plan", "2026-05-11", category="Advisory"),
        ],
        [
            *monthly("PROP-2111", "2025-10-16", 4, every=3),
            Invoice("2026-08-20", "PROP-2112", "bas", "T26"),
        ],
    ),
    # T26: on a job of the sister entity
    Client(
        "Illawarra Glass Pty Ltd",
        SYD,
        ongoing("CLI-1440"),
        [
            *monthly("CLI-1440", "2025-10-17", 4, every=3),
            Invoice("2026-09-17", "CLI-1440", "Illawarra Glass Unit Trust/job", "T26"),
        ],
    ),
    Client(
        "Illawarra Glass Unit Trust",
        SYD,
        ongoing("CLI-1441"),
        monthly("CLI-1441", "2025-11-18", 4, every=3),
    ),
    # T27: the invoice came a week before its job was made
    Client(
        "Dalgliesh Motors Pty Ltd",
        BAL,
        [Job("tax", "PROP-2113", "FY26 Company return", "2026-09-15")],
        [Invoice("2026-09-08", "PROP-2113", CLIENT, "T27"), *monthly("PROP-2113", "2026-10-08", 2)],
    ),
    # T28: everything fits, and it did not come
    Client(
        "Montgomery Legal Pty Ltd",
        SYD,
        ongoing("CLI-1442"),
        [
            *monthly("CLI-1442", "2025-11-13", 4, every=3),
            Invoice("2026-11-13", "CLI-1442", ABSENT, "T28"),
        ],
    ),
    # ---- for the watch: a proposal was signed and its job made, and nobody has billed it yet
    Client(
        "Thistledown Nursery Pty Ltd",
        BAL,
        [Job("tax", "PROP-2116", "Tax & financial statements", "2026-09-28")],
        [],
    ),
    # ---- not faults, though they look like it
    # G3: the advisory job earns nothing by intention; its Client Order No. stays blank
    Client(
        "Brightwater Holdings Pty Ltd",
        SYD,
        [
            *yearly("CLI-1443"),
            Job(
                "adv", "", "Advisory, included in the fixed fee", "2025-08-04", category="Advisory"
            ),
        ],
        monthly("CLI-1443", "2025-10-02", 5, every=3),
    ),
    # A2: renewed as well, but here somebody did put the new text on the job; what was right stays right
    Client(
        "Kestrel Drones Pty Ltd",
        SYD,
        [Job("tax", "PROP-2115", "Tax & financial statements", "2025-09-22")],
        [
            *monthly("PROP-2114", "2025-10-23", 4, every=3, at="tax"),
            *monthly("PROP-2115", "2026-10-23", 1),
        ],
    ),
    # M1: raised in XPM, so the reference is a job number; one of them covers two jobs
    Client(
        "Southern Cross Removals Pty Ltd",
        SYD,
        [
            Job("tax", "", "FY26 Company return", "2026-02-09"),
            Job("asic", "", "ASIC & registry", "2026-02-10", category="Corporate secretarial"),
        ],
        [
            Invoice("2026-03-19", "{tax}", "tax"),
            Invoice("2026-04-16", "{tax}", "tax+asic"),
            Invoice("2026-06-18", "{asic}", "asic"),
        ],
    ),
    # G6: the classic editor's number, and a reference can be any text
    Client(
        "Ballarat West Bowls Club Inc",
        BAL,
        [Job("tax", "20871", "Audit & grants", "2025-07-17")],
        monthly("20871", "2025-11-06", 4, every=3),
    ),
    # M3: last year's job is still open; the newer one took each invoice since July
    Client(
        "Caf\u00e9 Marmalade Pty Ltd",
        SYD,
        yearly("CLI-1444", state26="Ready for review"),
        monthly("CLI-1444", "2025-09-24", 6, every=2),
    ),
    # paid over the weekend, after the first export and before the second
    Client(
        "Waratah Print Works Pty Ltd",
        SYD,
        yearly("CLI-1445"),
        [
            *monthly("CLI-1445", "2025-10-07", 3, every=2),
            Invoice("2026-04-07", "CLI-1445", paid_between_exports=True),
        ],
    ),
    Client(
        "Grampians Ridge Winery Pty Ltd",
        BAL,
        yearly("CLI-1446"),
        [
            *monthly("CLI-1446", "2025-11-19", 3, every=2),
            Invoice("2026-05-19", "CLI-1446", paid_between_exports=True),
            Invoice("2026-08-19", "CLI-1446", part_paid="250.00"),
        ],
    ),
]


# ------------------------------------------------------------------------------------------- the ordinary ledger

# name, office, reference, first invoice, how many, every so many months
ORDINARY = [
    ("Abbott Street Pharmacy Pty Ltd", SYD, "CLI-1201", "2025-09-25", 14, 1),
    ("Clarendon Hotel Group Pty Ltd", BAL, "CLI-1204", "2025-10-03", 13, 1),
    ("Kaur, Harpreet", SYD, "PROP-1955", "2025-10-10", 5, 3),
    ("Lydiard Street Gallery", BAL, "CLI-1209", "2025-09-30", 7, 2),
    ("Merri Plumbing & Gas Pty Ltd", BAL, "PROP-1962", "2025-10-18", 7, 2),
    ("Parramatta Tyres Pty Ltd", SYD, "CLI-1217", "2025-11-11", 7, 2),
    ("Quigley, Desmond & Pat", BAL, "CLI-1220", "2025-12-12", 4, 3),
    ("Rosella Super Fund", SYD, "PROP-1978", "2025-11-14", 5, 3),
    ("Ta\u2018ala Pacific Foods Pty Ltd", SYD, "CLI-1226", "2025-10-05", 7, 2),
    ("Windmill Hill Honey Pty Ltd", BAL, "CLI-1231", "2025-09-26", 14, 1),
]


def ordinary_client(name, office, reference, first, count, every) -> Client:
    if reference.startswith("CLI"):
        jobs = yearly(reference)
    else:
        jobs = [Job("tax", reference, "Tax & financial statements", "2025-09-23")]
    return Client(name, office, jobs, monthly(reference, first, count, every))


def ordinary() -> list[Client]:
    clients = {row[0]: ordinary_client(*row) for row in ORDINARY}
    # One names itself as the billing client, one job waits in a state the settings don't know, one was withdrawn.
    clients["Lydiard Street Gallery"].billing = "Lydiard Street Gallery"
    clients["Rosella Super Fund"].jobs[0].state = "Awaiting ATO"
    clients["Kaur, Harpreet"].jobs.append(
        Job("gst", "PROP-1956", "GST amendment", "2026-02-17", "Withdrawn", "BAS & GST")
    )
    # Two from before the Xero exports begin: XPM's file simply goes further back.
    clients["Abbott Street Pharmacy Pty Ltd"].invoices += monthly(
        "CLI-1201", "2025-07-25", 2, in_xero=False
    )
    return list(clients.values())


# Transactions that Xero puts into the same file and that are no sales invoices:
# type, contact, number, day, description, amount without tax, account, tax type
OTHER_TRANSACTIONS = [
    (
        "Sales overpayment",
        "Merri Plumbing & Gas Pty Ltd",
        "",
        "2026-03-20",
        "Paid twice",
        "-110.00",
        "610",
        "BAS Excluded",
    ),
    (
        "Sales prepayment",
        "Kestrel Drones Pty Ltd",
        "",
        "2026-07-02",
        "Deposit for FY27",
        "-500.00",
        "200",
        "GST on Income",
    ),
    (
        "Bill",
        "Sturt Street Stationers",
        "88214",
        "2026-02-05",
        "Toner, paper and folders",
        "184.30",
        "461",
        "GST on Expenses",
    ),
    (
        "Bill",
        "Lakeside Cloud Hosting Pty Ltd",
        "LCH-3390",
        "2026-05-01",
        "Backup, 12 months",
        "960.00",
        "485",
        "GST on Expenses",
    ),
]


# ------------------------------------------------------------------------------------ numbers, jobs and amounts


def number_everything(clients: list[Client]) -> None:
    """Job numbers in order of creation, invoice numbers in order of date, as the two systems would give them."""
    jobs = []
    for client in clients:
        for job in client.jobs:
            job.client = client
            jobs.append(job)
    for i, job in enumerate(sorted(jobs, key=lambda job: job.created)):
        job.number = f"J{612 + i:06d}"
    invoice_no, credit_no = 2041, 31
    for invoice in sorted((i for c in clients for i in c.invoices), key=lambda i: i.date):
        if invoice.type == "Sales invoice":
            invoice.number, invoice_no = f"INV-{invoice_no}", invoice_no + 1
        else:
            invoice.number, credit_no = f"CN-{credit_no:04d}", credit_no + 1
    for client in clients:
        numbers = {job.key: job.number for job in client.jobs}
        for invoice in client.invoices:
            invoice.reference = invoice.reference.format(**numbers)


def xpm_jobs_of(client: Client, invoice: Invoice, by_name: dict[str, Client]) -> list[Job]:
    """The jobs XPM has the invoice on; none when it is on the client."""
    if invoice.at == CLIENT:
        return []
    if invoice.at == PICKED:
        named = [
            j for j in client.jobs if j.order_no == invoice.reference and j.created <= invoice.date
        ]
        return [max(named, key=lambda j: j.created)]
    owner, _, keys = invoice.at.rpartition("/")
    jobs = {j.key: j for j in by_name[owner or client.name].jobs}
    return [jobs[key] for key in keys.split("+")]


SERVICES = [
    ("ACC", "Monthly accounting package"),
    ("BK", "Bookkeeping, payroll and superannuation"),
    (
        "BAS",
        "Preparation and lodgement of activity statement\nIncludes: GST, PAYG withholding and instalments",
    ),
    ("TAX", "Income tax return, financial statements and workpapers"),
    ("", "Accounting services as per proposal"),
    ("SMSF", "Fund administration, audit liaison"),
]
EXTRAS = [
    ("XERO", "Xero subscription", "70.00"),
    ("SEC", "Registered office, annual fee", "165.00"),
    ("", "Payroll: per employee, 3 employees", "31.35"),
    ("SCAN", "Document storage", "18.95"),
]
COMMENTS = [
    "Thank you for your business.",
    "Billed under your current engagement letter",
    "For any question about this invoice,\nplease call your client manager.",
]


def lines_of(client: Client, invoice: Invoice) -> list[Line]:
    rng = client.rng(f"{invoice.date} {invoice.reference}")
    usual = client.rng("fee")
    item, service = usual.choice(SERVICES)
    fee = Decimal(usual.randrange(180, 1800, 5))
    if invoice.net:
        return [
            Line(
                service if Decimal(invoice.net) > 0 else "Fee reduction as agreed",
                item,
                Decimal(1),
                Decimal(invoice.net),
            )
        ]
    lines = [Line(service, item, Decimal(1), fee)]
    shape = rng.random()
    if shape < 0.30:
        extra_item, extra, price = rng.choice(EXTRAS)
        lines.append(Line(extra, extra_item, Decimal(1), Decimal(price)))
    elif shape < 0.42:
        hours = Decimal(rng.randrange(2, 18)) / 4
        lines.append(
            Line(
                "Additional work, hourly",
                "HR",
                hours,
                Decimal(220),
                Decimal(rng.choice([0, 0, 5, 10])),
            )
        )
    elif shape < 0.50:
        lines.append(Line(rng.choice(COMMENTS)))
    return lines


def total_of(client: Client, invoice: Invoice) -> Decimal:
    return sum((line.net + line.tax for line in lines_of(client, invoice)), Decimal(0))


def status_of(client: Client, invoice: Invoice) -> str:
    if invoice.status:
        return invoice.status
    if invoice.part_paid:
        return "Awaiting Payment"
    if invoice.paid_between_exports:
        return "Paid"
    age, luck = (AS_OF - invoice.day).days, client.rng(f"paid {invoice.date}").random()
    paid = luck < (0.97 if age > 75 else 0.6 if age > 21 else 0.2 if age > 3 else 0)
    return "Paid" if paid else "Awaiting Payment"


# ------------------------------------------------------------------------------------------------- Xero's files

XERO_COLUMNS = (
    "ContactName EmailAddress POAddressLine1 POAddressLine2 POAddressLine3 POAddressLine4 POCity PORegion "
    "POPostalCode POCountry SAAddressLine1 SAAddressLine2 SAAddressLine3 SAAddressLine4 SACity SARegion "
    "SAPostalCode SACountry InvoiceNumber Reference InvoiceDate DueDate PlannedDate Total TaxTotal InvoiceAmountPaid InvoiceAmountDue "
    "InventoryItemCode Description Quantity UnitAmount Discount LineAmount AccountCode TaxType TaxAmount "
    "TrackingName1 TrackingOption1 TrackingName2 TrackingOption2 Currency Type Sent Status"
).split()

TOWNS = {
    SYD: [
        ("Marrickville", "NSW", "2204"),
        ("Sydney", "NSW", "2000"),
        ("Parramatta", "NSW", "2150"),
        ("Hornsby", "NSW", "2077"),
        ("Wollongong", "NSW", "2500"),
        ("Newtown", "NSW", "2042"),
    ],
    BAL: [
        ("Ballarat Central", "VIC", "3350"),
        ("Creswick", "VIC", "3363"),
        ("Daylesford", "VIC", "3460"),
        ("Bacchus Marsh", "VIC", "3340"),
        ("Buninyong", "VIC", "3357"),
        ("Sebastopol", "VIC", "3356"),
    ],
}
STREETS = [
    "Acacia Avenue",
    "Station Street",
    "Mair Lane",
    "Foundry Road",
    "Orchard Grove",
    "Quay Parade",
]


def xero_date(day: date) -> str:
    return f"{day.day}/{day:%m/%Y}"  # 2/05/2026


def address_of(client: Client) -> dict[str, str]:
    rng = client.rng("address")
    city, region, postcode = rng.choice(TOWNS[client.office])
    street = f"{rng.randrange(1, 240)} {rng.choice(STREETS)}"
    if rng.random() < 0.25:
        street = f"Suite {rng.randrange(1, 9)}, {street}"
    mailbox = re.sub("[^a-z]+", "-", client.name.lower()).strip("-")
    return {
        "EmailAddress": f"accounts@{mailbox}.example",
        "POAddressLine1": street,
        "POCity": city,
        "PORegion": region,
        "POPostalCode": postcode,
        "POCountry": "Australia",
    }


def money_of(client: Client, invoice: Invoice, status: str) -> dict[str, str]:
    lines = lines_of(client, invoice)
    total = total_of(client, invoice)
    credit = Decimal(invoice.credit or 0)
    paid = Decimal(invoice.part_paid or 0)
    if status == "Paid" and invoice.type == "Sales invoice":
        paid = total - credit
    due = Decimal(0) if status in ("Paid", "Voided") else total - credit - paid
    return {
        "Total": f"{total:.2f}",
        "TaxTotal": f"{sum(line.tax for line in lines):.2f}",
        "InvoiceAmountPaid": f"{paid:.2f}",
        "InvoiceAmountDue": f"{due:.2f}",
    }


def xero_line(line: Line) -> dict[str, str]:
    if line.quantity is None:
        return {"Description": line.description}
    return {
        "InventoryItemCode": line.item,
        "Description": line.description,
        "Quantity": f"{line.quantity:.4f}",
        "UnitAmount": f"{line.unit:.4f}",
        "Discount": f"{line.discount:.2f}" if line.discount else "",
        "LineAmount": f"{line.net:.4f}",
        "AccountCode": "200",
        "TaxType": "GST on Income",
        "TaxAmount": f"{line.tax:.4f}",
    }


def xero_rows(client: Client, invoice: Invoice, first_export: bool) -> list[dict[str, str]]:
    status, sent = status_of(client, invoice), "Sent"
    if invoice.paid_between_exports and first_export:
        status = "Awaiting Payment"
    if status in ("Draft", "Awaiting Approval"):
        sent = "Unsent"
    due = "" if invoice.type == "Sales credit note" else xero_date(invoice.day + timedelta(days=14))
    header = {
        "ContactName": invoice.contact or client.name,
        **address_of(client),
        "InvoiceNumber": invoice.number,
        "Reference": invoice.reference,
        "InvoiceDate": xero_date(invoice.day),
        "DueDate": due,
        **money_of(client, invoice, status),
        "TrackingName1": "Office",
        "TrackingOption1": client.office,
        "Currency": "AUD",
        "Type": invoice.type,
        "Sent": sent,
        "Status": status,
    }
    return [{**header, **xero_line(line)} for line in lines_of(client, invoice)]


def other_row(kind, contact, number, day, description, net, account, tax_type) -> dict[str, str]:
    net, when = Decimal(net), date.fromisoformat(day)
    tax = Decimal(0) if tax_type == "BAS Excluded" else cents(net / 10)
    paid = kind == "Bill"
    return {
        "ContactName": contact,
        "InvoiceNumber": number,
        "InvoiceDate": xero_date(when),
        "DueDate": xero_date(when + timedelta(days=30)) if paid else "",
        "Total": f"{net + tax:.2f}",
        "TaxTotal": f"{tax:.2f}",
        "InvoiceAmountPaid": f"{net + tax:.2f}" if paid else "0.00",
        "InvoiceAmountDue": "0.00" if paid else f"{net + tax:.2f}",
        "Description": description,
        "Quantity": "1.0000",
        "UnitAmount": f"{net:.4f}",
        "LineAmount": f"{net:.4f}",
        "AccountCode": account,
        "TaxType": tax_type,
        "TaxAmount": f"{tax:.4f}",
        "Currency": "AUD",
        "Type": kind,
        "Sent": "",
        "Status": "Paid" if paid else "Awaiting Payment",
    }


def xero_file(clients: list[Client], first: date, last: date) -> bytes:
    """One export, newest first, with everything dated from `first` to `last`."""
    blocks = []
    for client in clients:
        for invoice in client.invoices:
            if invoice.in_xero and first <= invoice.day <= last:
                rows = xero_rows(client, invoice, first_export=last < AS_OF)
                blocks.append((invoice.date, invoice.number, rows))
    for other in OTHER_TRANSACTIONS:
        if first <= date.fromisoformat(other[3]) <= last:
            blocks.append((other[3], other[2], [other_row(*other)]))
    blocks.sort(key=lambda block: block[:2], reverse=True)
    rows = [
        [row.get(column, "") for column in XERO_COLUMNS] for block in blocks for row in block[2]
    ]
    return csv_bytes([XERO_COLUMNS, *rows], "utf-8-sig")


def csv_bytes(rows, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


# -------------------------------------------------------------------------------------------------- XPM's files

PEOPLE = {
    SYD: (["Maya Chandra", "Tom Berrigan", "Alice Wu"], ["Helen Sarkis", "Rob Delaney"]),
    BAL: (["Priya Nair", "Jack Hollis"], ["Margaret Coyle"]),
}


def xpm_date(day: date) -> str:
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[day.month - 1]
    return f"{day.day:02d}-{month}-{day.year}"  # 13-Dec-2024, whatever the system's language


def xpm_invoices(clients: list[Client]) -> bytes:
    rows = []
    by_name = {client.name: client for client in clients}
    everything = [
        (client, invoice)
        for client in clients
        for invoice in client.invoices
        if invoice.at != ABSENT
    ]
    for client, invoice in sorted(everything, key=lambda pair: (pair[1].date, pair[1].number)):
        jobs = xpm_jobs_of(client, invoice, by_name)
        owner = invoice.xpm_client or (jobs[0].client.name if jobs else client.name)
        total = Decimal(invoice.xpm_total) if invoice.xpm_total else total_of(client, invoice)
        net = (
            cents(total / Decimal("1.1"))
            if invoice.xpm_total
            else sum(x.net for x in lines_of(client, invoice))
        )
        status = "Paid" if status_of(client, invoice) == "Paid" else "Approved"
        rows.append(
            [
                invoice.number,
                ", ".join(job.number for job in jobs),
                xpm_date(invoice.day),
                owner,
                f"{net:,.2f}",
                f"{total:,.2f}",
                status,
                "Progress Invoice" if jobs else "Miscellaneous",
            ]
        )
    header = [
        "[Invoice] Invoice No.",
        "[Invoice] Job Number(s)",
        "[Invoice] Date",
        "[Invoice] Client",
        "[Invoice] Amount",
        "[Invoice] Amount (incl tax)",
        "[Invoice] Status",
        "[Invoice] Type",
    ]
    return csv_bytes([header, *rows], "utf-8")


def xpm_clients(clients: list[Client]) -> bytes:
    rows = sorted([client.name, client.billing, client.status] for client in clients)
    return csv_bytes(
        [["[Client] Client", "[Client] Billing Details", "[Client] Status"], *rows], "utf-8"
    )


JOB_COLUMNS = [
    ("[Job] Job No.", 12),
    ("[Job] Name", 34),
    ("[Client] Client", 34),
    ("[Job] Client Order No.", 22),
    ("[State] State", 17),
    ("[Job] Date Created", 18),
    ("[Job] Due Date", 15),
    ("[Job] Job Manager", 18),
    ("[Client] Partner", 18),
    ("[Job] Category", 22),
    ("[Job] Budget", 13),
]


def xpm_job_row(job: Job) -> list:
    client = job.client
    managers, partners = PEOPLE[client.office]
    rng = client.rng("people")
    created = date.fromisoformat(job.created)
    due = date(created.year + 1, 5, 15) if "Tax" in job.category else created + timedelta(days=120)
    budget = Decimal(client.rng(job.key).randrange(600, 9000, 50))
    return [
        job.number,
        job.name,
        client.name,
        job.order_no,
        job.state,
        created,
        due,
        rng.choice(managers),
        rng.choice(partners),
        job.category,
        budget,
    ]


# The workbook is written part by part: a library's own writer changes with its version and puts today's date in.
XLSX_PARTS = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{sheetml}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheetml}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{sheetml}.styles+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>""",
    "_rels/.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>
<Relationship Id="rId2" Type="{package}/metadata/core-properties" Target="docProps/core.xml"/>
</Relationships>""",
    "docProps/core.xml": """<cp:coreProperties xmlns:cp="{core}" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Jobs</dc:title>\
<dcterms:created xsi:type="dcterms:W3CDTF">2026-11-23T00:00:00Z</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">2026-11-23T00:00:00Z</dcterms:modified></cp:coreProperties>""",
    "xl/_rels/workbook.xml.rels": """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/>
</Relationships>""",
    "xl/workbook.xml": """<workbook xmlns="{main}" xmlns:r="{office}">
<sheets><sheet name="Jobs" sheetId="1" r:id="rId1"/></sheets></workbook>""",
    "xl/styles.xml": """<styleSheet xmlns="{main}">
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="15" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""",
}
XML_NAMES = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "office": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "package": "http://schemas.openxmlformats.org/package/2006/relationships",
    "core": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "sheetml": "application/vnd.openxmlformats-officedocument.spreadsheetml",
}
HEADER_STYLE, DATE_STYLE, MONEY_STYLE = 1, 2, 3


def xlsx_cell(where: str, value, style: int = 0) -> str:
    if isinstance(value, date):
        serial = (value - date(1899, 12, 30)).days
        return f'<c r="{where}" s="{DATE_STYLE}"><v>{serial}</v></c>'
    if isinstance(value, Decimal):
        return f'<c r="{where}" s="{MONEY_STYLE}"><v>{value}</v></c>'
    if not value:
        return ""
    return f'<c r="{where}" s="{style}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def xlsx_sheet(columns, rows) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>'
        for i, (_, width) in enumerate(columns, start=1)
    )
    lines = []
    for n, row in enumerate([[name for name, _ in columns], *rows], start=1):
        style = HEADER_STYLE if n == 1 else 0
        cells = "".join(
            xlsx_cell(f"{letter}{n}", value, style)
            for letter, value in zip(letters, row, strict=False)
        )
        lines.append(f'<row r="{n}">{cells}</row>')
    return (
        f'<worksheet xmlns="{XML_NAMES["main"]}"><cols>{widths}</cols>\n<sheetData>\n'
        + "\n".join(lines)
        + "\n</sheetData></worksheet>"
    )


def xpm_jobs(clients: list[Client]) -> bytes:
    jobs = sorted((job for client in clients for job in client.jobs), key=lambda job: job.number)
    parts = {name: text.format(**XML_NAMES) for name, text in XLSX_PARTS.items()}
    parts["xl/worksheets/sheet1.xml"] = xlsx_sheet(JOB_COLUMNS, [xpm_job_row(job) for job in jobs])
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 11, 23, 0, 0, 0))
            entry.create_system = 0  # otherwise Windows and Unix differ in this one byte
            xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text
            archive.writestr(entry, xml.encode("utf-8"))
    return book.getvalue()


# ----------------------------------------------------------------------------------------------- settings, main

SETTINGS = f"""\
[practice]
name = "Harbour & Hill Accountants"

[reading]
date_order = "dmy"

[import]                      # as set in XPM: Business > Settings > Connections: Xero
adhoc = "off"
profile = "ignition"
window_days = 14
xero_lock_date = {LOCK_DATE}

[states]                      # this practice's own words; "Awaiting ATO" is left out on purpose
"Ready for review" = "standard"
"With client" = "on-hold"
"Lodged" = "completed"
"Withdrawn" = "cancelled"
"""


def build() -> list[Client]:
    clients = STORIES + ordinary()
    number_everything(clients)
    return clients


CLIENTS = build()
INTENDED = {
    invoice.number: invoice.cause
    for client in CLIENTS
    for invoice in client.invoices
    if invoice.cause
}


def files() -> dict[str, bytes]:
    return {
        FIRST_FILE[0]: xero_file(CLIENTS, *FIRST_FILE[1:]),
        SECOND_FILE[0]: xero_file(CLIENTS, *SECOND_FILE[1:]),
        "xpm-jobs.xlsx": xpm_jobs(CLIENTS),
        "xpm-invoices.csv": xpm_invoices(CLIENTS),
        "xpm-clients.csv": xpm_clients(CLIENTS),
        "reconcile.toml": SETTINGS.encode("utf-8"),
    }


def print_intended() -> None:
    """What a run as of 2026-11-23 should find: invoices per cause, and the rest."""
    counted = [
        i for c in CLIENTS for i in c.invoices if i.day >= date(2025, 9, 1)
    ]  # older: only in XPM's file
    counts = Counter(i.cause or ("voided" if i.status == "Voided" else "ok") for i in counted)
    for cause in sorted(
        counts, key=lambda cause: (cause[0] != "T", cause[0] == "T" and int(cause[1:]), cause)
    ):
        print(f"{cause:8}{counts[cause]:4}")
    print(f"{'all':8}{len(counted):4}")


def main(argv: list[str]) -> None:
    folder = Path(argv[0]) if argv else Path(__file__).resolve().parents[2] / "sample_data"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)
    print_intended()


if __name__ == "__main__":
    main(sys.argv[1:])
