"""The closed vocabularies of contract.md: every word that a report, a program or a column may use for these things.

A word that is not here is no word of the contract; mypy reads the types, and a test reads contract.md's own lists.
Source: contract.md "fixlist.json, schema 1"; rules.md.
"""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["invoice", "credit-note", "only-in-xpm"]
Place = Literal["job", "client", "adhoc", "skipped", "absent", "unknown"]
Outcome = Literal["ok", "fix", "wait", "review", "none"]
Certainty = Literal["certain", "likely", "none"]
JobRole = Literal["billing", "non-billing", "not-standard"]
System = Literal["xero", "xpm", "person"]
ProofStatus = Literal["proved", "needs-decision", "cannot-prove"]
Do = Literal[
    "set-client-order-no",
    "set-job-state",
    "set-reference",
    "touch-invoice",
    "approve-invoice",
    "rename-contact",
    "merge-contact",
    "delete-client",
    "delete-xpm-invoice",
    "wait-overnight",
    "change-setting",
    "ask",
]

PLACES: tuple[Place, ...] = get_args(Place)
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
JOB_ROLES: tuple[JobRole, ...] = get_args(JobRole)
PROOF_STATUSES: tuple[ProofStatus, ...] = get_args(ProofStatus)
DOES: tuple[Do, ...] = get_args(Do)

# What a place is called, with a job's number and without one, by where the words stand: `cell` of a table; `on` something,
# after "is" and "landed"; `to`, after "on" and "to" of a sentence about a replay; `answer` of what-if and `explained` by explain.
Manner = Literal["cell", "on", "to", "answer", "explained"]
_PLACE_WORDS: dict[Manner, dict[str, tuple[str, str]]] = {
    "cell": {
        "job": ("{job}", "job"),
        "adhoc": ("ad hoc {job}", "ad hoc"),
    },
    "on": {
        "job": ("on {job}", "on an ad hoc job"),
        "client": ("on the client", "on the client"),
        "adhoc": ("on {job}", "on an ad hoc job"),
        "skipped": ("passed by", "passed by"),
        "absent": ("no longer in XPM", "no longer in XPM"),
        "unknown": ("not known where", "not known where"),
    },
    "to": {
        "job": ("{job}", ""),
        "client": ("the client", "the client"),
        "adhoc": ("{job}", "a new ad hoc job"),
        "skipped": ("{job}", ""),
        "absent": ("nothing: it is not in XPM", "nothing: it is not in XPM"),
        "unknown": ("a place that nobody documents", "a place that nobody documents"),
    },
    "answer": {
        "job": ("{job}", ""),
        "client": ("the client", "the client"),
        "adhoc": ("ad hoc job {job}", "ad hoc job"),
        "skipped": ("passed by", "passed by"),
        "absent": ("not in XPM", "not in XPM"),
        "unknown": ("cannot be told", "cannot be told"),
        "": ("cannot be told", "cannot be told"),
    },
    "explained": {
        "job": ("{job}", ""),
        "client": ("the client{of}, as a miscellaneous invoice",) * 2,
        "adhoc": ("ad hoc job {job}", "a new ad hoc job"),
        "skipped": ("passed by", "passed by"),
        "absent": ("not in XPM", "not in XPM"),
        "unknown": ("cannot be told", "cannot be told"),
        "": ("", ""),
    },
}


def place_words(
    manner: Manner, place: str, job_no: str = "", *, client: str = "", rule: str = ""
) -> str:
    """What a place is called: `J000417`, `the client`, `a new ad hoc job`, `passed by (E4)`.

    Args:
        place: a Place, or "" where the import is not asked. job_no: the job's number, "" for none.
        client: the client it is on, where that is shown. rule: what decided, to stand behind it; "" for none.
    """
    with_job, without = _PLACE_WORDS[manner].get(place, (place, place))
    of = f" {client}" if client else ""
    words = (with_job if job_no else without).format(job=job_no, of=of)
    return f"{words} ({rule})" if rule and words else words


OUTCOME_WORDS: dict[Outcome, str] = {
    "ok": "on a job that its Reference names",
    "fix": "someone must act, and the fix-list says how",
    "wait": "nothing to do but let nights pass",
    "review": "a person decides",
    "none": "nothing to do in XPM",
}
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

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
