"""The ledger's columns: one row per invoice of the input, and what each column says of it.

The ledger grows from left to right: what was read, what a history knows, where XPM has it, what its Reference picks, what the
import would do, and what is decided. A column that is not here is in no ledger; a test holds that, with the types.
Source: contract.md "How outcome and cause are decided".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dtype = Literal["str", "bool", "int64", "Int64", "float64", "datetime64[s]"]  # Int64 has NA
Step = Literal["read", "history", "now", "picked", "import", "decided"]


@dataclass(frozen=True)
class LedgerColumn:
    """One column.

    Attributes:
        step: which step writes it. meaning: what it says; positions of jobs are NO_JOB for none, texts "" for none.
        free: it holds what people and other programs wrote, and not only words of this program.
    """

    name: str
    dtype: Dtype
    step: Step
    meaning: str
    free: bool = False


_Column = LedgerColumn
COLUMNS = (
    _Column("invoice_no", "str", "read", "the document's number", free=True),
    _Column("kind", "str", "read", "a vocabulary.Kind"),
    _Column("reference", "str", "read", "Xero's Reference, to the letter", free=True),
    _Column("contact", "str", "read", "Xero's contact; of one only in XPM its client", free=True),
    _Column("invoice_date", "datetime64[s]", "read", "NaT where it is not known"),
    _Column("total_cents", "int64", "read", "with tax; negative for a credit note"),
    _Column("tax_cents", "Int64", "read", "the tax in it"),
    _Column("currency", "str", "read", "its code", free=True),
    _Column("status", "str", "read", "Xero's; blank where it is not known"),
    _Column("notes", "str", "read", "for people, one a line; later steps add theirs", free=True),
    _Column("file", "str", "read", "the file it was read from", free=True),
    _Column("row", "int64", "read", "and its row there, as the spreadsheet counts"),
    _Column("edited", "bool", "history", "an earlier run saw it otherwise"),
    _Column("moved", "bool", "history", "its Reference changed while XPM had it"),
    _Column("carried", "bool", "history", "the job XPM has it on carried its Reference"),
    _Column("gone", "bool", "history", "XPM's copy was there, and is not in this export"),
    _Column("missed_night", "bool", "history", "a night in which it should have come has passed"),
    _Column("changed_on", "datetime64[s]", "history", "its last known change; else its date"),
    _Column("in_xpm", "bool", "now", "XPM has its number, or may have (unread)"),
    _Column("found", "bool", "now", "XPM's row of its number could be used"),
    _Column("unread", "bool", "now", "XPM's row of its number was set aside"),
    _Column("now_job_no", "str", "now", "the jobs XPM has it on, joined by a comma", free=True),
    _Column("now_client", "str", "now", "the client XPM has it on", free=True),
    _Column("xpm_cents", "Int64", "now", "XPM's amount with tax"),
    _Column("xpm_ex_cents", "Int64", "now", "XPM's amount without tax"),
    _Column("now_class", "str", "now", "named, own, adhoc, other: the job that tells, and its client"),
    _Column("now_telling", "str", "now", "the number of that job", free=True),
    _Column("now_job", "int64", "now", "its position; NO_JOB where the export does not hold it"),
    _Column("now_count", "int64", "now", "how many jobs XPM has it on"),
    _Column("picked", "int64", "picked", "position of the job that its Reference picks (M1-M4)"),
    _Column("named", "int64", "picked", "how many jobs of any state it names"),
    _Column("tied", "bool", "picked", "M3 cannot tell"),
    _Column("pick_rule", "str", "picked", "M1, M2 or M3: the rule that decides"),
    _Column("picked_own", "bool", "picked", "the picked job is its contact's"),
    _Column("picked_on", "datetime64[s]", "picked", "the day the picked job was created"),
    _Column("archived", "bool", "picked", "its client is archived (C5)"),
    _Column("diverts_to", "str", "picked", "the client its billing details name (C3)", free=True),
    _Column("others_job", "bool", "picked", "the job that it names is another client's"),
    _Column("unread_job", "bool", "picked", "its job may be one whose row was set aside"),
    _Column("now_place", "str", "now", "a vocabulary.Place"),
    _Column("age_days", "float64", "import", "days since changed_on; NaN where it is not known"),
    _Column("days_left", "Int64", "import", "nights that it is still inside the window (E3)"),
    _Column("after_export", "bool", "import", "XPM's export cannot show it yet"),
    _Column("locked", "bool", "import", "dated on or before a lock date (E5)"),
    _Column("amount_differs", "bool", "now", "from XPM's by more than the tolerance"),
    _Column("other_invoice", "bool", "now", "XPM has another invoice of its number"),
    _Column("tonight_place", "str", "import", "where tonight's import puts it"),
    _Column("tonight_job_no", "str", "import", "on which job", free=True),
    _Column("rule", "str", "import", "the rule that decides it"),
    _Column("if_resynced_place", "str", "import", "where it would go if it came anew"),
    _Column("if_resynced_job_no", "str", "import", "on which job", free=True),
    _Column("if_resynced_rule", "str", "import", "the rule that decides it"),
    _Column("meaning", "int64", "decided", "position in Findings.meanings; -1 for none"),
    _Column("outcome", "str", "decided", "a vocabulary.Outcome"),
    _Column("cause", "str", "decided", "an id of causes.CAUSES"),
    _Column("lock_holds", "bool", "decided", "would be a fix, were it not for a lock date"),
    _Column("belongs_place", "str", "decided", "where it belongs"),
    _Column("belongs_job_no", "str", "decided", "on which job", free=True),
    _Column("certainty", "str", "decided", "a vocabulary.Certainty"),
    _Column("finding", "str", "decided", "the cause's finding"),
)  # fmt: skip

BY_NAME = {column.name: column for column in COLUMNS}
FREE = frozenset(column.name for column in COLUMNS if column.free)
# What only a history knows: False where there is none; changed_on is then the invoice's date.
FROM_HISTORY = tuple(
    column.name for column in COLUMNS if column.step == "history" and column.dtype == "bool"
)
