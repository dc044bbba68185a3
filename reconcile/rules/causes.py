"""THE table of causes: why an invoice is not where it belongs, in the order in which they are asked.

A cause's place in this table is its place in contract.md's list: the first that holds is the invoice's cause, and the
fix-list is sorted by it. A new cause is one row here, its condition in verdicts/verdicts.py (or rules/belonging.py where
the Reference means it), and its repair one row of fixes/repairs.py.
Source: rules.md section 4; contract.md "Finding names" and "The list".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What is repaired by the same edits, and so is one fix: each invoice by itself, all with the same contact and Reference,
# with the same Reference, of one contact and the job or client that it means, or on one closed job.
Together = Literal[
    "invoice",
    "contact-and-reference",
    "reference",
    "contact-and-job",
    "contact-and-client",
    "closed-job",
]


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        id: as rules.md has it. finding: its name for programs. words: what it means, for people.
        together: which invoices are one fix.
        before_tonight: tonight's import would take such an invoice to a place from which it must be deleted again.
        keeps_reference: its Reference is right as it is.
    """

    id: str
    finding: str
    words: str
    together: Together = "invoice"
    before_tonight: bool = False
    keeps_reference: bool = False


CREDIT_NOTE = Cause("T21", "credit-note", "a credit note: XPM never imports it")
VOIDED_IN_XERO = Cause(
    "T22", "voided-in-xero", "voided or deleted in Xero, and XPM still has its copy"
)
NOT_APPROVED = Cause(
    "T20",
    "not-approved",
    "not approved in Xero, so XPM does not import it",
    together="contact-and-reference",
)
ONLY_IN_XPM = Cause("T25", "only-in-xpm", "XPM has it, and no Xero export does")
NUMBER_REUSED = Cause("T18", "number-reused", "XPM has another invoice of the same number")
ON_WRONG_JOB = Cause(
    "T26", "on-wrong-job", "on a job that its Reference does not name", keeps_reference=True
)
REFERENCE_BLANK = Cause("T1", "reference-blank", "the Reference is blank", before_tonight=True)
REFERENCE_NEAR_MISS = Cause(
    "T3",
    "reference-near-miss",
    "the Reference is nearly the same as a job's, and not the same",
    together="contact-and-reference",
    before_tonight=True,
)
OTHER_CLIENTS_JOB = Cause(
    "T9",
    "other-clients-job",
    "the Reference names another client's job",
    together="contact-and-reference",
    before_tonight=True,
)
CONTACT_NOT_A_CLIENT = Cause(
    "T10",
    "contact-not-a-client",
    "the Xero contact is not the XPM client's name to the letter",
    together="contact-and-client",
    before_tonight=True,
    keeps_reference=True,
)
GROUPING_CHANGED = Cause(
    "T7",
    "grouping-changed",
    "the grouping changed between client and proposal, and the job was not updated",
    together="contact-and-reference",
    before_tonight=True,
)
PROPOSAL_RENEWED = Cause(
    "T8",
    "proposal-renewed",
    "a renewed proposal's invoices, and the job still carries the old one",
    together="contact-and-reference",
    before_tonight=True,
)
NON_BILLING_JOB = Cause(
    "T6",
    "non-billing-job",
    "the client's job has no Client Order No.",
    together="contact-and-reference",
    before_tonight=True,
)
REFERENCE_UNKNOWN = Cause(
    "T2",
    "reference-unknown",
    "the Reference names no job",
    together="contact-and-reference",
    before_tonight=True,
)
JOB_NOT_STANDARD = Cause(
    "T4",
    "job-not-standard",
    "the job it names is completed, on hold or cancelled",
    together="contact-and-job",
    before_tonight=True,
    keeps_reference=True,
)
REFERENCE_SHARED = Cause(
    "T5",
    "reference-shared",
    "several jobs carry the Reference, and which is the newest cannot be told",
    together="reference",
    before_tonight=True,
)
CLIENT_ARCHIVED = Cause("T13", "client-archived", "the client is archived in XPM")
BILLING_CLIENT_DIVERTS = Cause(
    "T12", "billing-client-diverts", "the client's billing details name another client"
)
ON_ADHOC_JOB = Cause("T14", "on-adhoc-job", "on an ad hoc job", keeps_reference=True)
ON_CLIENT = Cause(
    "T27", "on-client", "on the client, though a job matches now", keeps_reference=True
)
EDITED_AFTER_IMPORT = Cause(
    "T17",
    "edited-after-import",
    "XPM's copy differs from Xero's invoice",
    together="closed-job",
    keeps_reference=True,
)
PERIOD_LOCKED = Cause("T19", "period-locked", "dated on or before a lock date")
WINDOW_MISSED = Cause(
    "T16",
    "window-missed",
    "not in XPM, and too old for the import to look at",
    keeps_reference=True,
)
SHOULD_HAVE_SYNCED = Cause(
    "T28",
    "should-have-synced",
    "everything matches, and it is still not in XPM",
    keeps_reference=True,
)
WAITING_FOR_SYNC = Cause(
    "T24", "waiting-for-sync", "young, and it will match: the night has not run yet"
)

CAUSES = (
    CREDIT_NOTE, VOIDED_IN_XERO, NOT_APPROVED, ONLY_IN_XPM, NUMBER_REUSED, ON_WRONG_JOB, REFERENCE_BLANK,
    REFERENCE_NEAR_MISS, OTHER_CLIENTS_JOB, CONTACT_NOT_A_CLIENT, GROUPING_CHANGED, PROPOSAL_RENEWED, NON_BILLING_JOB,
    REFERENCE_UNKNOWN, JOB_NOT_STANDARD, REFERENCE_SHARED, CLIENT_ARCHIVED, BILLING_CLIENT_DIVERTS, ON_ADHOC_JOB, ON_CLIENT,
    EDITED_AFTER_IMPORT, PERIOD_LOCKED, WINDOW_MISSED, SHOULD_HAVE_SYNCED, WAITING_FOR_SYNC,
)  # fmt: skip

BY_ID = {cause.id: cause for cause in CAUSES}
ORDER = {cause.id: at for at, cause in enumerate(CAUSES)}
FINDINGS = {cause.id: cause.finding for cause in CAUSES}
WORDS = {cause.id: cause.words for cause in CAUSES}
BEFORE_TONIGHT = frozenset(cause.id for cause in CAUSES if cause.before_tonight)
