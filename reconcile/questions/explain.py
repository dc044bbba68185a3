"""One invoice or job explained: what was read, every rule in order with what it saw and decided, and the fix with its proof.

    number --find--> entries (dicts for programs) --told--> lines (for people)

Nothing is decided here: it tells what findings, overnight and fixes have decided, in the order in which the import asks.
Source: contract.md "explain"; rules.md section 2.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reconcile.errors import ReconcileError
from reconcile.fixes.actions import Fix, proof_of
from reconcile.rules.belonging import JobBook, Pick, named_by_words, near_texts, read_pick
from reconcile.rules.causes import FINDINGS, WORDS
from reconcile.rules.overnight import NO_JOB, rules_against, windows
from reconcile.rules.references import nearest
from reconcile.rules.vocabulary import place_words
from reconcile.verdicts.verdicts import known_clients
from reconcile.wording import money

if TYPE_CHECKING:
    from reconcile.pipeline import Result

Step = dict[str, str]
_NEAR = 30  # letters: longer marked texts push what is beside them to the right
_MANY = 5_000  # texts: among more, the nearest of one client's own are looked for only
_SEEN_AS = {" ": "␣", "\u00a0": "⍽", "\t": "⇥", "\n": "↵"}


def explain(result: Result, number: str) -> list[dict[str, Any]]:
    """Everything that is known of one number.

    Args:
        result: pipeline.Result.
        number: of an invoice, a credit note or a job, to the letter, or the same when capitals and outer spaces are forgiven.

    Returns:
        One entry for each invoice and each job of that number.

    Raises:
        ReconcileError: no such number; the nearest ones are named.
    """
    ledger, jobs = result.findings.ledger, result.findings.jobs

    def as_typed(text: str) -> str:
        return text

    def forgiven(text: str) -> str:
        return text.strip().casefold()

    for read in (as_typed, forgiven):
        wanted = read(number)
        rows = ledger[[read(text) == wanted for text in ledger["invoice_no"]]]
        found_jobs = jobs[[read(text) == wanted for text in jobs["job_no"]]]
        if len(rows) or len(found_jobs):
            invoices = [_invoice_entry(result, at) for at in rows.index]
            return invoices + [
                _job_entry(result, int(at))
                for at in np.flatnonzero(jobs.index.isin(found_jobs.index))
            ]
    if number in result.exports.xero_numbers or number in result.exports.xpm_numbers_set_aside:
        raise ReconcileError(
            f"explain: {number} was read, and its rows were set aside. Found by `reconcile check`, and listed under Problems of a "
            "run. Mend the export, then ask again."
        )
    known = {*ledger["invoice_no"], *jobs["job_no"]}
    near = difflib.get_close_matches(number, sorted(known), 5, 0.5)
    words = f"The nearest: {', '.join(near)}." if near else "Nothing in these exports is near it."
    raise ReconcileError(
        f"explain: no invoice and no job has this number. Found {number!r}. {words}"
    )


# Invoices ------------------------------------------------------------------------------------------------------------


def _invoice_entry(result: Result, at: int) -> dict[str, Any]:
    row = result.findings.ledger.loc[at]
    only_in_xpm = (
        row["kind"] == "only-in-xpm"
    )  # XPM's export has no Reference and no status: the import is not asked
    steps = (
        [*_eligible(row, result), *_client(row, result), *_job(row, result), *_landing(row)]
        if not only_in_xpm
        else []
    )
    return {
        "what": "credit note" if row["kind"] == "credit-note" else "invoice",
        "number": row["invoice_no"],
        "facts": _facts(row, result),
        "rules": steps,
        "near": _near(row, result),
        "now": place_words(
            "explained", row["now_place"], row["now_job_no"], client=row["now_client"]
        ),
        "belongs": place_words("explained", row["belongs_place"], row["belongs_job_no"]),
        "certainty": row["certainty"],
        "tonight": place_words(
            "explained", row["tonight_place"], row["tonight_job_no"], rule=row["rule"]
        ),
        "if_resynced": place_words(
            "explained",
            row["if_resynced_place"],
            row["if_resynced_job_no"],
            rule=row["if_resynced_rule"],
        ),
        "outcome": row["outcome"],
        "cause": row["cause"] or None,
        "finding": FINDINGS.get(row["cause"]),
        "why": _why(row, result),
        "notes": row["notes"].split("\n") if row["notes"] else [],
        "fixes": [fix for fix in result.fixes if at in fix.rows],
    }


def _facts(row: pd.Series, result: Result) -> list[Step]:
    day = (
        row["invoice_date"].date().isoformat()
        if row["invoice_date"] == row["invoice_date"]
        else "not known"
    )
    xero = (
        f"Reference {_quoted(row['reference'])}, contact {_quoted(row['contact'])}, dated {day}, "
        f"{money(row['total_cents'])} {row['currency']}".rstrip()
        + f", {row['status'] or 'status not known'}"
    )
    facts = []
    if row["kind"] != "only-in-xpm":
        facts.append({"from": f"Xero, {_source(row, 'xero_invoices', result)}", "saw": xero})
    xpm = result.exports.xpm_invoices
    if xpm is None:
        facts.append(
            {
                "from": "XPM invoices",
                "saw": "no such export was given: what XPM has is not known (E4)",
            }
        )
    elif row["kind"] != "credit-note":
        for _, copy in xpm[xpm["invoice_no"] == row["invoice_no"]].iterrows():
            cents = (
                copy["total_cents"] if not pd.isna(copy["total_cents"]) else copy["ex_tax_cents"]
            )
            amount = "no amount" if pd.isna(cents) else money(cents)
            on = f"on {copy['job_nos']}" if copy["job_nos"] else "on the client"
            facts.append(
                {
                    "from": f"XPM, {_source(copy, 'xpm_invoices', result)}",
                    "saw": f"{on}, client {_quoted(copy['client'])}, {amount}",
                }
            )
        if not (xpm["invoice_no"] == row["invoice_no"]).any():
            facts.append({"from": "XPM invoices", "saw": "not among them"})
    return facts


def _source(row: pd.Series, role: str, result: Result) -> str:
    """File, sheet and row; the sheet where the file has sheets."""
    sheets = [
        one.sheet
        for one in result.exports.inputs
        if (one.path, one.role) == (row["file"], role) and one.sheet
    ]
    sheet = f" sheet {' or '.join(sheets)}" if sheets else ""
    return f"{row['file']}{sheet} row {row['row']}"


def _quoted(text: str) -> str:
    """A text in quotes, with what cannot be seen in it made visible; blank for none."""
    if not text:
        return "blank"
    core = text.strip(" ")
    before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    return f"'{'␣' * before}{_visible(core)}{'␣' * after if core else ''}'"


def _eligible(row: pd.Series, result: Result) -> list[Step]:
    """E1 to E6."""
    settings, lock = result.settings, result.settings.lock_date
    alone = result.findings.ledger.loc[[row.name]]
    against = {
        rule: bool(holds[0]) for rule, holds in rules_against(alone, settings, result.as_of).items()
    }
    window = windows(alone, settings)[0]
    known = (
        "last change by the history"
        if row["changed_on"] != row["invoice_date"]
        else "window unknown, no history of its last change; by its date"
    )
    undated = against["?"]
    how_old = "its date is not known" if undated else f"{known}: {int(row['age_days'])} days ago"
    open_window = (
        "cannot tell"
        if undated
        else "outside the window: skipped"
        if against["E3"]
        else "inside the window"
    )
    given = result.findings.xpm_given
    has = "XPM has it: skipped" if against["E4"] else "XPM does not have it"
    locked = "on or before the lock date: skipped" if against["E5"] else "dated after it: goes on"
    return [
        _step(
            "E1",
            row["kind"].replace("-", " "),
            "skipped" if against["E1"] else "goes on",
        ),
        _step(
            "E2",
            f"status {row['status'] or 'not known'}",
            "skipped" if against["E2"] else "goes on",
        ),
        _step(
            "E4",
            has if given else "no XPM invoices were given",
            "" if given else "taken as not in XPM",
        ),
        _step(
            "E5",
            f"lock date {lock}" if lock else "no lock date in the settings",
            locked if lock else "goes on",
        ),
        _step(
            "E3",
            f"{how_old}, window {window} days ({settings.profile})",
            open_window if given else "taken as just edited",
        ),
        _step("E6", "no export shows whether the automatic import is on", "taken for granted"),
    ]


def _step(rule: str, saw: str, decided: str) -> Step:
    return {"rule": rule, "saw": saw, "decided": decided}


def _client(row: pd.Series, result: Result) -> list[Step]:
    """C1 to C5."""
    contact = row["contact"]
    exact = contact in known_clients(result.exports)
    steps = [
        _step(
            "C1",
            f"contact {_quoted(contact)}",
            "a client has this name to the letter"
            if exact
            else "no client has this name: C2, a new client is made",
        )
    ]
    if row["diverts_to"]:
        steps.append(
            _step("C3", f"billing details name {row['diverts_to']}", "cannot tell where it goes")
        )
    if row["picked"] != NO_JOB and not row["picked_own"]:
        owner = result.findings.book.clients[row["picked"]]
        steps.append(_step("C4", f"the job its Reference picks is {owner}'s", "cannot tell"))
    if row["archived"]:
        steps.append(_step("C5", "the client is archived", "may not receive it"))
    return steps


def _job(row: pd.Series, result: Result) -> list[Step]:
    """M1 to M4, as far as they were asked."""
    findings, reference = result.findings, row["reference"]
    book = findings.book
    if not reference:
        return [_step("M1", "the Reference is blank", "blank never matches blank: no job")]
    pick = read_pick(reference, findings.picks, book)
    if not (pick.by_number or pick.by_order) and reference in findings.jobs["job_no"].to_numpy():
        return [_step("M1", f"{reference} is an ad hoc job", "an ad hoc job is never a candidate")]
    steps = [_named_step("M1", pick.by_number, "number", pick, book)]
    if pick.rule != "M1":
        steps.append(_named_step("M2", pick.by_order, "Client Order No.", pick, book))
    if pick.closed:
        states = ", ".join(f"{book.job_nos[at]} is {book.states[at]}" for at in pick.closed)
        steps.append(_step("M4", states, "they receive nothing"))
    if pick.rule == "M3":
        made = ", ".join(f"{book.job_nos[at]} {_day(book.created[at])}" for at in pick.rivals)
        takes_it = (
            f"the newest takes it: {book.job_nos[pick.job]}"
            if pick.job != NO_JOB
            else "cannot tell which is the newest"
        )
        steps.append(_step("M3", f"created: {made}", takes_it))
    return steps


def _named_step(rule: str, named: Sequence[int], what: str, pick: Pick, book: JobBook) -> Step:
    receiving = [at for at in named if at not in pick.closed]
    return _step(rule, _jobs_words(named, book, what), _taken(receiving, book))


def _day(day: np.datetime64) -> str:
    return "on a day not known" if np.isnat(day) else str(day)[:10]


def _jobs_words(positions: Sequence[int], book: JobBook, what: str) -> str:
    if not positions:
        return f"no job has it as {what}"
    shown = ", ".join(f"{book.job_nos[at]} of {book.clients[at]}" for at in positions[:5])
    return f"{shown}{f' and {len(positions) - 5} more' if len(positions) > 5 else ''} as {what}"


def _taken(positions: Sequence[int], book: JobBook) -> str:
    if not positions:
        return "no open job"
    return (
        f"picks {book.job_nos[positions[0]]}"
        if len(positions) == 1
        else f"{len(positions)} open jobs"
    )


def _landing(row: pd.Series) -> list[Step]:
    """L1 to L3; nothing where a rule before has ended it."""
    at_place = row["if_resynced_place"]
    if at_place not in ("job", "client", "adhoc"):
        return []
    rule = "L1" if at_place == "job" else row["if_resynced_rule"]
    place = place_words("explained", row["if_resynced_place"], row["if_resynced_job_no"])
    return [_step(rule, "where it lands when the import takes it", place)]


def _near(row: pd.Series, result: Result) -> list[Step]:
    """The texts of jobs that are close to the Reference, with what differs marked; those that it names are not close."""
    book, reference = result.findings.book, row["reference"]
    if not reference or reference in book.carrying:
        return []
    own = {
        text
        for at in book.own.get(row["contact"], [])
        for text in (book.job_nos[at], book.orders[at])
        if text
    }
    texts = dict.fromkeys(near_texts(book, reference) or nearest(reference, own))
    if not texts and len(book.standard_by_text) <= _MANY:
        texts.update(dict.fromkeys(nearest(reference, book.standard_by_text)))
    return [
        {
            "text": text,
            "marked": marked(reference, text),
            "jobs": ", ".join(book.job_nos[at] for at in book.carrying[text]),
        }
        for text in list(texts)[:5]
    ]


def marked(reference: str, candidate: str) -> str:
    """A reference with what differs from a candidate in brackets: [is→should be], [is] too much, [→should be] missing.

    >>> marked("PROP–0031", "PROP-0031"), marked(" CLI-1681", "CLI-1681"), marked("CLI-168O", "CLI-1680")
    ('PROP[–→-]0031', '[␣]CLI-1681', 'CLI-168[O→0]')
    """
    parts = []
    pieces = difflib.SequenceMatcher(None, reference, candidate, autojunk=False).get_opcodes()
    for kind, start, end, other_start, other_end in pieces:
        ours, theirs = reference[start:end], candidate[other_start:other_end]
        if kind == "equal":
            parts.append(_visible(ours))
        else:
            ours, theirs = _visible(ours, spaces=True), _visible(theirs, spaces=True)
            parts.append(f"[{ours}→{theirs}]" if theirs else f"[{ours}]")
    return "".join(parts)


def _visible(text: str, *, spaces: bool = False) -> str:
    """What cannot be seen in a text as a sign, or as its Unicode number; ordinary spaces only where asked."""
    return "".join(letter if letter == " " and not spaces else _sign(letter) for letter in text)


def _sign(letter: str) -> str:
    hidden = unicodedata.category(letter) in ("Cf", "Cc", "Zs")
    return _SEEN_AS.get(letter) or (f"U+{ord(letter):04X}" if hidden else letter)


def _why(row: pd.Series, result: Result) -> list[str]:
    """Why it belongs where it belongs, in the words of what was read."""
    words = [WORDS[row["cause"]]] if row["cause"] else []
    if row["unread_job"]:
        return words
    if row["meaning"] >= 0:
        words += result.findings.meanings[row["meaning"]].evidence
    elif row["picked"] != NO_JOB:
        pick = read_pick(row["reference"], result.findings.picks, result.findings.book)
        words.append(
            named_by_words(row["reference"], pick.rule, result.findings.book.job_nos[pick.job])
        )
    return words


# Jobs ----------------------------------------------------------------------------------------------------------------


def _job_entry(result: Result, at: int) -> dict[str, Any]:
    findings = result.findings
    job, ledger = findings.jobs.iloc[at], findings.ledger
    created = (
        "created on a day not known"
        if job["created_on"] != job["created_on"]
        else f"created {job['created_on'].date()}"
    )
    names = [text for text in dict.fromkeys((job["job_no"], job["client_order_no"])) if text]
    naming = ledger[ledger["reference"].isin(names)]
    takes = job["state_type"] == "standard"
    order = job["client_order_no"]
    saw = f"Client Order No. {_quoted(order)}"
    coming = ledger[
        (ledger["tonight_place"] == "job") & (ledger["tonight_job_no"] == job["job_no"])
    ]
    steps = [
        _step(
            "M4",
            f"state {job['state'] or 'not known'}",
            f"{job['state_type']}: {'it can' if takes else 'it can not'} receive",
        ),
        _step(
            "G3" if not order else "M2",
            saw,
            "no invoice comes by it" if not order else _next_words(job, result),
        ),
    ]
    return {
        "what": "job",
        "number": job["job_no"],
        "facts": [
            {
                "from": f"XPM, {_source(job, 'xpm_jobs', result)}",
                "saw": f"{job['job_name']}, client {_quoted(job['client'])}, {created}, owner {job['owner'] or 'not known'}",
            }
        ],
        "rules": steps,
        "role": job["role"],
        "finding": job["finding"] or None,
        "next_job_no": job["next_job_no"] or None,
        "on_it": _sums(ledger[(ledger["now_job"] == at)]),
        "naming_it": _sums(naming),
        "tonight": _sums(coming),
        "fixes": [fix for fix in result.fixes if job["job_no"] in fix.jobs],
    }


def _next_words(job: pd.Series, result: Result) -> str:
    """Who gets the next invoice with this job's order number, and by which rule."""
    order, picks = job["client_order_no"], result.findings.picks
    if order not in picks.index:
        return "no invoice carries it"
    pick = picks.loc[order]
    if pick["tied"]:
        return "several open jobs carry it, and which is the newest cannot be told (M3)"
    if pick["picked"] == NO_JOB:
        return "invoices carry it, and no open job takes them (M4)"
    taker = result.findings.book.job_nos[pick["picked"]]
    here = taker == job["job_no"]
    return (
        f"the next invoice with it {'comes here' if here else f'goes to {taker}'} ({pick['rule']})"
    )


def _sums(rows: pd.DataFrame) -> dict[str, Any]:
    numbers = sorted(rows["invoice_no"])
    return {"invoices": len(rows), "cents": int(rows["total_cents"].sum()), "numbers": numbers}


# For programs ---------------------------------------------------------------------------------------------------------


def as_document(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The entries for JSON, their fixes by number and proof."""
    return {
        "schema": "reconcile/explain/1",
        "entries": [
            {**entry, "fixes": [_fix_entry(fix) for fix in entry["fixes"]]} for entry in entries
        ],
    }


def _fix_entry(fix: Fix) -> dict[str, Any]:
    ways = [option.actions for option in fix.choices] if fix.choices else [fix.actions]
    proofs = [proof_of(option) for option in fix.choices] if fix.choices else [fix.proof]
    return {
        "id": fix.id,
        "title": fix.title,
        "minutes": fix.minutes,
        "status": fix.proof.status,
        "ways": [
            {
                "actions": [action.text for action in way],
                "proof": proof.status,
                "words": proof.words,
            }
            for way, proof in zip(ways, proofs, strict=True)
        ],
    }


# For people -----------------------------------------------------------------------------------------------------------
