"""THE table of causes: why an invoice is not where it belongs, in the order in which they are asked.

A cause's place in this table is its place in contract.md's list: the first that holds is the invoice's cause, and the
fix-list is sorted by it. A new cause is one row here, its condition in findings.py and its repair in fixes.py.
Source: rules.md section 4; contract.md "Finding names" and "The list".
"""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """One cause: its id, its finding's name, what it means in words, and the repairs of rules.md section 3 it needs."""

    id: str
    finding: str
    words: str
    repairs: tuple[str, ...]


CAUSES = (
    Cause("T21", "credit-note", "a credit note: XPM never imports it", ()),
    Cause(
        "T22", "voided-in-xero", "voided or deleted in Xero, and XPM still has its copy", ("R8",)
    ),
    Cause("T20", "not-approved", "not approved in Xero, so XPM does not import it", ("R7",)),
    Cause("T25", "only-in-xpm", "XPM has it, and no Xero export does", ()),
    Cause("T18", "number-reused", "XPM has another invoice of the same number", ()),
    Cause("T26", "on-wrong-job", "on a job that its Reference does not name", ("R3",)),
    Cause("T1", "reference-blank", "the Reference is blank", ("R2", "R3")),
    Cause(
        "T3",
        "reference-near-miss",
        "the Reference is nearly the same as a job's, and not the same",
        ("R2", "R1"),
    ),
    Cause("T9", "other-clients-job", "the Reference names another client's job", ("R2",)),
    Cause(
        "T10",
        "contact-not-a-client",
        "the Xero contact is not the XPM client's name to the letter",
        ("R6",),
    ),
    Cause(
        "T7",
        "grouping-changed",
        "the grouping changed between client and proposal, and the job was not updated",
        ("R1", "R9"),
    ),
    Cause(
        "T8",
        "proposal-renewed",
        "a renewed proposal's invoices, and the job still carries the old one",
        ("R1",),
    ),
    Cause("T6", "non-billing-job", "the client's job has no Client Order No.", ("R1",)),
    Cause("T2", "reference-unknown", "the Reference names no job", ("R1", "R2")),
    Cause(
        "T4",
        "job-not-standard",
        "the job it names is completed, on hold or cancelled",
        ("R5", "R3"),
    ),
    Cause(
        "T5",
        "reference-shared",
        "several jobs carry the Reference, and which is the newest cannot be told",
        ("R1",),
    ),
    Cause("T13", "client-archived", "the client is archived in XPM", ("R3",)),
    Cause("T12", "billing-client-diverts", "the client's billing details name another client", ()),
    Cause("T14", "on-adhoc-job", "on an ad hoc job", ("R10", "R3")),
    Cause("T27", "on-client", "on the client, though a job matches now", ("R3",)),
    Cause("T17", "edited-after-import", "XPM's copy differs from Xero's invoice", ("R3",)),
    Cause("T19", "period-locked", "dated on or before a lock date", ()),
    Cause("T16", "window-missed", "not in XPM, and too old for the import to look at", ("R4",)),
    Cause(
        "T28", "should-have-synced", "everything matches, and it is still not in XPM", ("R4", "R11")
    ),
    Cause("T24", "waiting-for-sync", "young, and it will match: the night has not run yet", ()),
)

ORDER = {cause.id: at for at, cause in enumerate(CAUSES)}
FINDINGS = {cause.id: cause.finding for cause in CAUSES}
WORDS = {cause.id: cause.words for cause in CAUSES}

OUTCOME_WORDS = {
    "ok": "on a job that its Reference names",
    "fix": "someone must act, and the fix-list says how",
    "wait": "nothing to do but let nights pass",
    "review": "a person decides",
    "none": "nothing to do in XPM",
}
OUTCOMES = tuple(OUTCOME_WORDS)

# The rules a report may cite, in words for people. Source: rules.md.
RULES = {
    "E1": "Only sales invoices are imported; a credit note never arrives.",
    "E2": "Only approved invoices are imported: Awaiting Payment or Paid.",
    "E3": "Only invoices created or last edited within the window (14 days) are imported.",
    "E4": "An invoice number that XPM already has is skipped, however much was edited in Xero.",
    "E5": "Nothing dated on or before a lock date is imported.",
    "E6": "Invoices are imported only while the automatic import is on and the connection is alive.",
    "C1": "The contact's name must equal the XPM client's name exactly.",
    "C2": "Otherwise XPM creates a new client of that name and puts the invoice there.",
    "C3": "A client with different billing details may divert its invoices; how is not documented.",
    "C4": "Whether the job must belong to the invoice's client is not documented.",
    "C5": "An archived client may not receive the invoice.",
    "G3": "A job deployed as non-billing has no Client Order No., so no invoice comes to it; this can be intended.",
    "G8": "Workflows of proposals made from custom templates are built from scratch, so that the right job is deployed.",
    "M1": "A Reference that equals the number of a Standard job picks that job.",
    "M2": "Else a Reference that equals the Client Order No. of a Standard job picks that job.",
    "M3": "Of several such jobs the most recently created one is picked; on the same day, or unknown: cannot tell.",
    "M4": "Completed, On Hold and Cancelled jobs receive nothing.",
    "M5": "Equal means the same text: capitals, spaces, dashes and leading zeros all count.",
    "M6": "One Reference is one token: inside a sentence or beside another it matches nothing.",
    "L1": "A job was found: the invoice lands on it and reduces its WIP.",
    "L2": "No job was found: the invoice lands on the client as a miscellaneous invoice.",
    "L3": "No job was found and ad hoc jobs are on: XPM makes an ad hoc job.",
    "L4": "What is on a client cannot be moved to a job: delete in XPM and import again.",
    "A1": "Editing or voiding an invoice in Xero changes nothing in XPM.",
    "A2": "Changing a job's Client Order No. or state moves nothing that is already imported.",
    "A3": "Deleting XPM's copy leaves Xero untouched; the invoice comes again the next night.",
    "A4": "Cancel is not Delete: cancelling in XPM can void the invoice in Xero.",
    "A5": "For a paid invoice no vendor describes the re-sync; XPM may ask to remove the payment line first.",
    "R1": "Put the Reference on the job as its Client Order No.",
    "R2": "Correct the Reference on the invoice in Xero.",
    "R3": "Re-sync: edit the invoice in Xero, delete XPM's copy, wait for the night.",
    "R4": "Restart the window: edit the invoice in Xero, wait for the night.",
    "R5": "Give the job a Standard state, and set it back after the sync.",
    "R6": "Make the contact's and the client's names the same text.",
    "R7": "Approve the invoice in Xero.",
    "R8": "Delete XPM's copy of a voided invoice.",
    "R9": "After a change of grouping: choose the grouping in Ignition, then R1.",
    "R10": "XPM settings: import automatically on, ad hoc jobs off.",
    "R11": "A ticket to Xero Support: number, date, client, job, what was checked.",
}
