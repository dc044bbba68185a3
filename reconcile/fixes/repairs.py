"""The repair of each cause: from the invoices that are mended together to actions in the order that is safe to interrupt.

    invoices of one cause --draft--> Draft: one set of actions, or options for a person to choose from

Order inside a fix: prepare jobs and names, edit in Xero, delete XPM's copy, wait for the night, set back. Stopped at any
point, no invoice is worse off than before.
Source: rules.md section 3; contract.md "fixes", "do", "Values".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reconcile.fixes.actions import Action, Alternative, Desk, Draft, InvoiceRow, Option, Steps
from reconcile.rules import causes
from reconcile.rules.belonging import Choice, Meaning, named_by_words
from reconcile.rules.causes import Cause
from reconcile.rules.overnight import NO_JOB
from reconcile.rules.references import is_canonical
from reconcile.settings.model import Minutes
from reconcile.wording import money, some_of

# One draft per group ------------------------------------------------------------------------------------------------


MOST_JOBS = 9  # choices of one question
_AFTER_EDITS = ("delete-xpm-invoice", "delete-client", "wait-overnight")


def draft(rows: list[InvoiceRow], desk: Desk) -> Draft:
    """The repair of invoices that are mended together.

    Args:
        rows: of the ledger, as named tuples of actions.ROW; of one cause, and mended by the same edits.

    Source: rules.md section 4.
    """
    own = REPAIRS[rows[0].cause].draft
    if own:
        return own(rows, desk)
    return _draft_meaning(rows, desk.findings.meanings[rows[0].meaning], desk)


def _draft_meaning(rows: list[InvoiceRow], meaning: Meaning, desk: Desk) -> Draft:
    """T1 to T10: what the (contact, Reference) means tells the job, or the jobs to choose from."""
    cause, target = meaning.cause, meaning.target
    title = _title(rows, meaning, desk)
    if target:
        steps, alternatives = _least_steps(target, rows, desk)
        evidence = meaning.evidence + _replaced_words(steps, desk)
        return Draft(
            cause, rows, title, evidence, target.job, steps.ordered(), alternatives=alternatives
        )
    options = tuple(_option(choice, rows, desk) for choice in meaning.choices)
    question = REPAIRS[cause].question.format(belong=belong(rows), reference=rows[0].reference)
    return Draft(cause, rows, title, meaning.evidence, NO_JOB, (), options, question)


def _replaced_words(steps: Steps, desk: Desk) -> tuple[str, ...]:
    """Of each order number that is overwritten the invoice that carried it last: whether it still arrives (T7, T8)."""
    words = []
    for action in steps.prepare:
        if action.do == "set-client-order-no" and action.from_value:
            last = desk.last_with.get(action.from_value, "no invoice of these exports")
            words.append(f"{action.from_value}, which it replaces, was last on {last}")
    return tuple(words)


def belong(rows: Sequence[InvoiceRow]) -> str:
    """`does INV-1 belong`, `do INV-1 and INV-2 belong`."""
    return f"{'does' if len(rows) == 1 else 'do'} {listed(rows)} belong"


def _option(choice: Choice, rows: list[InvoiceRow], desk: Desk) -> Option:
    number = desk.number(choice.job) if choice.job != NO_JOB else None
    actions = _steps_to(choice, rows, desk).ordered()
    if choice.repair == "set-later":
        taken = [
            row
            for row in rows
            if row.tonight_place in ("client", "adhoc") and desk.findings.xpm_given
        ]
        actions = after_tonight(
            actions, taken, desk, f"it brings {_stranded_words(choice)} to {number}"
        )
    return Option(number, choice.why, actions)


def _stranded_words(choice: Choice) -> str:
    return some_of(choice.awaited, 3)


def _least_steps(
    choice: Choice, rows: list[InvoiceRow], desk: Desk
) -> tuple[Steps, tuple[Alternative, ...]]:
    """Of the repairs that work the one of fewest minutes, and the others with their cost.

    Setting References stands beside setting the job's text (T2, T3). A text as Ignition writes it (G1, G2) is not
    overwritten by one nearly the same that it does not write, nor is a text that other invoices carry: the next invoices
    would come to nothing (G4, T8).
    """
    steps = _steps_to(choice, rows, desk)
    number, reference = desk.number(choice.job) if choice.job != NO_JOB else "", rows[0].reference
    if choice.repair == "set-client-order-no":
        other = Choice(choice.job, "", "set-reference", number)
        cost = desk.cost(_steps_to(other, rows, desk).ordered())
        text = f"set the Reference of {listed(rows)} to {number} instead; the next invoices would miss again"
        return steps, (Alternative(text, cost),)
    if choice.repair != "set-reference" or not REPAIRS[rows[0].cause].on_job_too:
        return steps, ()
    order = desk.findings.book.orders[choice.job]
    on_job = Choice(choice.job, "", "set-client-order-no", reference)
    steps_on_job = _steps_to(on_job, rows, desk)
    ours, theirs = desk.cost(steps.ordered()), desk.cost(steps_on_job.ordered())
    on_invoices = Alternative(
        f"set the Reference of {listed(rows)} to {choice.value} instead", ours
    )
    on_the_job = f"set the Client Order No. of {number} to {reference} instead"
    if is_canonical(order) and not is_canonical(reference):
        more = f"; that would take away {order}, as Ignition writes it"
        return steps, (Alternative(on_the_job + more, theirs),)
    if order in desk.carried_texts:
        return steps, (
            Alternative(f"{on_the_job}; that would strand the other invoices with {order}", theirs),
        )
    near = rows[0].cause == causes.REFERENCE_NEAR_MISS.id
    written_so = is_canonical(reference)
    if (
        near and written_so and choice.value == order
    ):  # its text is the odd one: it is as Ignition does not write it
        return steps_on_job, (
            replace(on_invoices, text=f"{on_invoices.text}; the next invoices would miss again"),
        )
    if theirs < ours and (near or written_so):
        return steps_on_job, (on_invoices,)
    return steps, (Alternative(on_the_job, theirs),)


def _steps_to(choice: Choice, rows: list[InvoiceRow], desk: Desk) -> Steps:
    """The steps that bring invoices onto the job of one choice."""
    steps = Steps()
    changed_grouping = rows[0].cause == causes.GROUPING_CHANGED.id
    if choice.repair in ("set-client-order-no", "set-later"):
        steps.prepare.append(
            set_order(choice.job, choice.value, desk, changed_grouping=changed_grouping)
        )
    elif choice.repair == "set-and-keep":
        # By the job's own number they come to it before and after its text is changed (M1).
        steps.prepare += [
            set_reference(row, desk.number(choice.job)) for row in desk.rows_of(choice.awaited)
        ]
        steps.prepare.append(
            set_order(choice.job, choice.value, desk, changed_grouping=changed_grouping)
        )
    elif choice.repair == "set-job-state":
        _open_job(choice.job, steps, desk)
    elif choice.repair == "clear-others":
        others = [
            job for job in desk.findings.book.standard_by_text[choice.value] if job != choice.job
        ]
        steps.prepare.extend(set_order(job, "", desk) for job in others)
    elif choice.repair == "make-names-equal":
        _make_names_equal(choice, rows, steps, desk)
    elif choice.repair == "new-job":
        question = (
            f"Make a new job for {rows[0].contact} with Client Order No. {choice.value} in XPM"
        )
        steps.prepare.append(Action("xpm", "ask", f"{question}.", question=question))
    for row in rows:
        value = choice.value if choice.repair == "set-reference" else ""
        if choice.repair == "clear-others":
            keeper = _keeper_for(row, choice, desk)
            if keeper == NO_JOB:
                continue
            value = desk.number(keeper) if keeper != choice.job else ""
        if value:
            steps.xero.append(set_reference(row, value))
        bring_again(row, steps, desk, edited=bool(value))
    return steps


def after_tonight(
    actions: Sequence[Action], taken: Sequence[InvoiceRow], desk: Desk, why: str
) -> tuple[Action, ...]:
    """The same repair, begun tomorrow.

    Args:
        taken: those of its invoices that tonight's import takes first, to the wrong place: they must be deleted there.
        why: what tonight's import brings first.
    """
    edited = {
        action.invoice_no for action in actions if action.do in ("set-reference", "touch-invoice")
    }
    steps = list(actions)
    if taken:
        at = next((n for n, action in enumerate(steps) if action.do in _AFTER_EDITS), len(steps))
        steps[at:at] = [_touch(row) for row in taken if row.invoice_no not in edited]
        at = next(
            (n for n, action in enumerate(steps) if action.do in _AFTER_EDITS[1:]), len(steps)
        )
        steps[at:at] = [_delete(row, desk) for row in taken]
    first = Action(
        "xpm", "wait-overnight", f"Wait for tonight's import first: {why}. Tomorrow do the rest."
    )
    return (first, *steps)


def _keeper_for(row: InvoiceRow, choice: Choice, desk: Desk) -> int:
    """T5: the job that an invoice goes to when one job keeps the text: that one, if it is its client's, else the tied job
    of its own client, by number (C4: nobody knows what XPM does with another client's)."""
    book = desk.findings.book
    if book.clients[choice.job] == row.contact:
        return choice.job
    own = [job for job in book.standard_by_text[choice.value] if book.clients[job] == row.contact]
    return own[0] if len(own) == 1 else NO_JOB


# Steps --------------------------------------------------------------------------------------------------------------


def set_order(job: int, value: str, desk: Desk, *, changed_grouping: bool = False) -> Action:
    """R1: put a text on a job, or clear it."""
    book = desk.findings.book
    number, before = book.job_nos[job], book.orders[job]
    what = f"paste {value} into Client Order Number" if value else "clear Client Order Number"
    was = f" (now {before})" if before else " (now blank)"
    more = (
        " If the grouping was not meant to change, set it back in Ignition instead: Services > the service > change (R9)."
        if changed_grouping
        else ""
    )
    text = f"XPM: {book.clients[job]} > job {number} > Edit Job > {what}{was} > Save (R1).{more}"
    return Action("xpm", "set-client-order-no", text, job_no=number, from_value=before, value=value)


def _open_job(job: int, steps: Steps, desk: Desk) -> None:
    """R5, with its way back after the night."""
    number, state = desk.number(job), desk.findings.book.states[job]
    usual = desk.usual_state
    to = (
        f"XPM: open job {number} > change its state from {state} to {usual}, of type Standard (R5)."
    )
    back = f"XPM: open job {number} > set its state back to {state} (R5)."
    steps.prepare.append(
        Action("xpm", "set-job-state", to, job_no=number, from_value=state, value=usual)
    )
    steps.back.append(
        Action("xpm", "set-job-state", back, job_no=number, from_value=usual, value=state)
    )


def set_reference(row: InvoiceRow, value: str) -> Action:
    """R2: correct the Reference of an invoice."""
    was = row.reference or "blank"
    text = f"Xero: open {row.invoice_no} > Invoice Options > Edit > set Reference to {value} (now {was}) > Update (R2)."
    return Action(
        "xero",
        "set-reference",
        text,
        invoice_no=row.invoice_no,
        from_value=row.reference,
        value=value,
    )


def _touch(row: InvoiceRow) -> Action:
    if row.reference:
        text = (
            f"Xero: open {row.invoice_no} > Invoice Options > Edit > copy and remove the Reference > Update; "
            f"Invoice Options > Edit > paste {row.reference} back > Update."
        )
    else:
        text = f"Xero: open {row.invoice_no} > Invoice Options > Edit > set any Reference > Update; Edit > clear it > Update."
    return Action("xero", "touch-invoice", text, invoice_no=row.invoice_no, value=row.reference)


def _delete(row: InvoiceRow, desk: Desk) -> Action:
    condition = "" if desk.findings.xpm_given else "if XPM has it: "
    text = (
        f"XPM: {condition}Business > Invoices > open {row.invoice_no} > Options > Delete, not Cancel: "
        "Cancel can void the invoice in Xero (A4)."
    )
    if row.status == "Paid":
        text += (
            " It is paid: XPM may ask to remove the payment line first; note it before you do (A5)."
        )
    book = desk.findings.book
    if row.now_job != NO_JOB and not book.standard[row.now_job]:
        text += f" {desk.number(row.now_job)} is {book.states[row.now_job]}: if it is washed up, ask before you delete (A5)."
    return Action("xpm", "delete-xpm-invoice", text, invoice_no=row.invoice_no)


def bring_again(row: InvoiceRow, steps: Steps, desk: Desk, *, edited: bool) -> None:
    """Make tonight's import take the invoice: R3 where XPM has it (or may have it), R4 where the window has closed."""
    may_be_there = row.in_xpm or not desk.findings.xpm_given
    out_of_window = row.rule == "E3"  # or may be: the date is not known
    if row.cause == causes.NOT_APPROVED.id:  # the last edit, so that it comes in mended
        steps.xero.append(_approve(row))
    elif not edited and (may_be_there or out_of_window):
        steps.xero.append(_touch(row))
    if may_be_there:
        steps.delete.append(_delete(row, desk))


def _make_names_equal(choice: Choice, rows: list[InvoiceRow], steps: Steps, desk: Desk) -> None:
    """R6: the Xero contact takes the XPM client's name; C2's stray goes when it holds nothing else."""
    contact, client = rows[0].contact, choice.value
    if client in desk.xero_contacts:
        text = f"Xero: Contacts > {contact} > Options > Merge, into {client}, which is there already (R6)."
        steps.prepare.append(
            Action("xero", "merge-contact", text, from_value=contact, value=client)
        )
    else:
        text = f"Xero: Contacts > {contact} > Edit > change the name to {client}, to the letter > Save (R6)."
        steps.prepare.append(
            Action("xero", "rename-contact", text, from_value=contact, value=client)
        )
    held = desk.findings.client_holds.get(contact, 0)
    leaving = sum(1 for row in rows if row.in_xpm and row.now_client == contact)
    if held and held == leaving:
        text = f"XPM: open the client {contact}, which the import had made and which is empty now > Delete (R6)."
        steps.clean.append(Action("xpm", "delete-client", text, client=contact))


def own_target(row: InvoiceRow, job: int) -> int:
    """The job an invoice goes to: with T10 each goes to the one its own Reference picks."""
    by_its_own = row.cause == causes.CONTACT_NOT_A_CLIENT.id and row.picked != NO_JOB
    return row.picked if by_its_own else job


def undocumented(row: InvoiceRow) -> list[str]:
    """The rules for which nobody documents where an invoice of this contact lands (C3, C4, C5)."""
    rules = []
    if row.diverts_to:
        rules.append("C3")
    edited = row.cause == causes.EDITED_AFTER_IMPORT.id
    if edited and row.now_class == "named" and not row.on_own_job:
        rules.append("C4")
    if row.archived:
        rules.append("C5")
    return rules


# Causes with a repair of their own ------------------------------------------------------------------------------------


def _draft_resync(rows: list[InvoiceRow], desk: Desk) -> Draft:
    """T14, T26, T27: everything is ready; only the copy in XPM stands in the way (R3)."""
    row = rows[0]
    number = desk.number(row.picked)
    where = f"is on {row.now_job_no}" if row.now_job_no else f"is on the client {row.now_client}"
    evidence = (_named_by(row, desk), f"XPM has it on {row.now_job_no or 'the client'}")
    title = f"{row.invoice_no} {where} but belongs on {number}"
    if not row.picked_own:
        return _draft_cross_client(row, evidence, desk)
    choice = Choice(row.picked, "", "re-sync")
    return Draft(
        row.cause, rows, title, evidence, row.picked, _steps_to(choice, rows, desk).ordered()
    )


def _named_by(row: InvoiceRow, desk: Desk) -> str:
    return named_by_words(row.reference, row.pick_rule, desk.number(row.picked))


def _draft_cross_client(row: InvoiceRow, evidence: tuple[str, ...], desk: Desk) -> Draft:
    """T26 whose Reference picks another client's job: nobody documents what a re-sync does (C4), so a person decides."""
    book = desk.findings.book
    picked = desk.number(row.picked)
    options = [
        Option(
            picked,
            f"its Reference names {picked} of {book.clients[row.picked]} (C4)",
            _steps_to(Choice(row.picked, "", "re-sync"), [row], desk).ordered(),
        )
    ]
    if row.now_job != NO_JOB:
        here = desk.number(row.now_job)
        options.append(
            Option(
                here,
                f"it may stay on {here}: give it that job's number as Reference",
                (set_reference(row, here),),
            )
        )
    title = f"{row.invoice_no} is on {row.now_job_no}, and its Reference names {picked} of another client"
    return Draft(
        causes.ON_WRONG_JOB.id,
        [row],
        title,
        evidence,
        NO_JOB,
        (),
        tuple(options),
        f"Which job does {row.invoice_no} belong on?",
    )


def _draft_edited(rows: list[InvoiceRow], desk: Desk) -> Draft:
    """T17: on the right job with an old amount; the re-sync must come back to the same job. One closed job is opened once."""
    job = rows[0].now_job
    steps = Steps()
    if job != NO_JOB and not desk.findings.book.standard[job]:
        _open_job(job, steps, desk)
    for row in rows:
        edited = job != NO_JOB and not _would_return(row, desk)
        if edited:
            steps.xero.append(set_reference(row, desk.number(job)))
        bring_again(row, steps, desk, edited=edited)
    where = rows[0].now_job_no
    evidence = (
        *(words for row in rows[:5] for words in _amounts(row)),
        f"XPM has {listed(rows)} on {where}",
    )
    if rows[0].now_count > 1:
        evidence += ("it comes back whole on one job (M7)",)
    one = len(rows) == 1
    title = f"{listed(rows)} {'was' if one else 'were'} changed in Xero after XPM had taken {'it' if one else 'them'}"
    if "C4" not in undocumented(rows[0]):
        return Draft(rows[0].cause, rows, title, evidence, job, steps.ordered())
    by_hand = (
        f"Change {listed(rows)} in XPM by hand, and leave {'it' if one else 'them'} on {where}"
    )
    leave = f"leave {'it where it is and change it' if one else 'them where they are and change them'} in XPM by hand"
    again = f"re-sync {'it: its' if one else 'them: their'} contact is not the job's client, so nobody knows where {'it lands' if one else 'they land'} (C4)"
    number = desk.number(job) if job != NO_JOB else None
    options = (
        Option(number, leave, (Action("xpm", "ask", f"{by_hand}.", question=by_hand),)),
        Option(number, again, steps.ordered()),
    )
    return Draft(
        rows[0].cause,
        rows,
        title,
        evidence,
        NO_JOB,
        (),
        options,
        f"Re-sync {listed(rows)}, or not?",
    )


def _would_return(row: InvoiceRow, desk: Desk) -> bool:
    """Whether the Reference picks the job the invoice is on, once that job is Standard."""
    book = desk.findings.book
    if row.picked == row.now_job or row.reference == book.job_nos[row.now_job]:
        return True
    rivals = [job for job in book.standard_by_text.get(row.reference, []) if job != row.now_job]
    return not rivals and not book.standard[row.now_job]


def _amounts(row: InvoiceRow) -> Iterable[str]:
    if row.xpm_cents is not None:
        yield f"Xero {money(row.total_cents)}, XPM {money(row.xpm_cents)}"
    elif row.xpm_ex_cents is not None and row.tax_cents is not None:
        yield f"Xero {money(row.total_cents - row.tax_cents)} without tax, XPM {money(row.xpm_ex_cents)}"


def _draft_missing(rows: list[InvoiceRow], desk: Desk) -> Draft:
    """T16 and T28: not in XPM though it should be; an edit opens the window again (R4)."""
    row = rows[0]
    number = desk.number(row.picked)
    steps = Steps(xero=[_touch(row)])
    days = int(row.age_days)
    evidence = (
        _named_by(row, desk),
        f"dated {row.invoice_date}, {days} days ago, and not in XPM",
    )
    title = f"{row.invoice_no} is not in XPM and belongs on {number}"
    return Draft(row.cause, rows, title, evidence, row.picked, steps.ordered())


def _draft_unapproved(rows: list[InvoiceRow], desk: Desk) -> Draft:
    """T20: approve it (R7); where its Reference picks no job of its client, that is mended first, for once approved it comes."""
    row = rows[0]
    why = "so XPM does not import it" if not row.in_xpm else "and XPM has it all the same"
    title = f"{listed(rows)} {'is' if len(rows) == 1 else 'are'} not approved, {why}"
    evidence = (f"its status in Xero is {row.status}",)
    if row.picked_own:
        steps = Steps(xero=[_approve(row)])
        if row.in_xpm and row.now_job != row.picked:
            steps.delete.append(_delete(row, desk))
        return Draft(row.cause, rows, title, evidence, row.picked, steps.ordered())
    meaning = desk.findings.meanings[row.meaning] if row.meaning >= 0 else None
    if meaning and meaning.choices:
        mended = _draft_meaning(rows, meaning, desk)
        return replace(mended, cause=row.cause, title=title, evidence=evidence + mended.evidence)
    if row.in_xpm and row.now_class in ("named", "own"):
        return Draft(
            row.cause,
            rows,
            title,
            evidence,
            row.now_job,
            Steps(xero=[_approve(row) for row in rows]).ordered(),
        )
    choices = [
        Choice(job, f"its own client's {desk.number(job)}", "set-reference", desk.number(job))
        for job in desk.findings.book.own.get(row.contact, [])[:MOST_JOBS]
    ]
    new = f"Make a job for {row.contact} in XPM, or choose one, and give {listed(rows)} its number as Reference"
    options = [_option(choice, rows, desk) for choice in choices]
    options.append(
        Option(
            None,
            "another job",
            (Action("xpm", "ask", f"{new}.", question=new), *map(_approve, rows)),
        )
    )
    question = f"Which job {belong(rows)} on? Approved as it is, it would land on the client"
    return Draft(row.cause, rows, title, evidence, NO_JOB, (), tuple(options), question)


def _approve(row: InvoiceRow) -> Action:
    text = f"Xero: Business > Invoices > {row.status} > open {row.invoice_no} > Approve (R7)."
    return Action("xero", "approve-invoice", text, invoice_no=row.invoice_no)


def _draft_void(rows: list[InvoiceRow], desk: Desk) -> Draft:
    """T22: remove XPM's copy of what Xero has voided (R8)."""
    row = rows[0]
    where = row.now_job_no or f"the client {row.now_client}"
    steps = Steps(delete=[_delete(row, desk)], wait="")
    title = f"{row.invoice_no} is {row.status.lower()} in Xero and still in XPM"
    evidence = (f"its status in Xero is {row.status}", f"XPM has it on {where}")
    return Draft(row.cause, rows, title, evidence, row.now_job, steps.ordered())


# Words --------------------------------------------------------------------------------------------------------------


class Numbered(Protocol):
    """What has an invoice's number."""

    @property
    def invoice_no(self) -> str:
        """As Xero has it."""


def listed(rows: Sequence[Numbered], most: int = 3) -> str:
    """`INV-1, INV-2 and INV-3`, or the first few `and 4 more`."""
    numbers = [row.invoice_no for row in rows]
    if len(numbers) <= most:
        return " and ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
    return some_of(numbers, most)


def _title(rows: list[InvoiceRow], meaning: Meaning, desk: Desk) -> str:
    row, target = rows[0], meaning.target
    one, repair, book = len(rows) == 1, REPAIRS[meaning.cause], desk.findings.book
    words = {
        "who": row.invoice_no if one else f"{len(rows)} invoices",
        "belong": "belongs" if one else "belong",
        "name": "names" if one else "name",
        "reference": row.reference or "no Reference",
        "contact": row.contact,
    }
    if not target:
        count = len(meaning.choices)
        possible = "one job is possible" if count == 1 else f"{count} ways are possible"
        return repair.choice_title.format(possible=possible, **words)
    return repair.title.format(
        job=desk.number(target.job),
        order=book.orders[target.job] or "nothing",
        state=book.states[target.job],
        value=target.value,
        **words,
    )


# What a repair costs at least ----------------------------------------------------------------------------------------


def _least_usual(load: Load) -> int:
    """Each of those that come in tonight needs an edit of its own, or one edit of a job or a name does for all."""
    return load.base + min(load.minutes.edit_job, load.rest * load.minutes.set_reference)


def _least_void(load: Load) -> int:
    return load.minutes.delete * load.invoices


def _least_unapproved(load: Load) -> int:
    return load.minutes.set_reference * load.invoices


def _least_opened(load: Load) -> int:
    """A job that takes nothing is opened, and set back."""
    return load.base + 2 * load.minutes.edit_job


def _least_renamed(load: Load) -> int:
    return load.base + load.minutes.edit_job


def _least_touched(load: Load) -> int:
    return load.base + load.rest * load.minutes.touch


# The table of repairs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """Some invoices that are repaired together, counted by what each needs.

    Attributes:
        base: the minutes of every copy's delete with an edit of its invoice (R3), and of an edit of those that are out of
            the window (R4). rest: how many need neither.
    """

    invoices: int
    base: int
    rest: int
    minutes: Minutes


@dataclass(frozen=True)
class Repair:
    """How the invoices of one cause are repaired.

    Attributes:
        draft: makes the fix; None where what the Reference means says how, or where nothing is repaired.
        title, choice_title: of a fix by meaning, with one target and with choices. question: what is asked then.
        on_job_too: the job's text may be set instead of the invoices' Reference, where that is less work.
        least: the minutes that no repair can cost less than.
    """

    cause: Cause
    draft: Callable[[list[InvoiceRow], Desk], Draft] | None = None
    title: str = ""
    choice_title: str = "{who} with {reference}: {possible}, choose"
    question: str = "Which job {belong} on?"
    on_job_too: bool = False
    least: Callable[[Load], int] = _least_usual


# One row per cause, in the order of causes.CAUSES; what has only its name is for a person to look at, or for nobody.
_TABLE = (
    Repair(causes.CREDIT_NOTE),
    Repair(causes.VOIDED_IN_XERO, _draft_void, least=_least_void),
    Repair(causes.NOT_APPROVED, _draft_unapproved, least=_least_unapproved),
    Repair(causes.ONLY_IN_XPM),
    Repair(causes.NUMBER_REUSED),
    Repair(causes.ON_WRONG_JOB, _draft_resync),
    Repair(causes.REFERENCE_BLANK, title="{who} has no Reference and {belong} on {job}"),
    Repair(
        causes.REFERENCE_NEAR_MISS,
        title="{who} with {reference}: nearly the text of {job}",
        on_job_too=True,
    ),
    Repair(
        causes.OTHER_CLIENTS_JOB,
        title="{who} with {reference}, which is another client's: {belong} on {job}",
    ),
    Repair(
        causes.CONTACT_NOT_A_CLIENT,
        title="the contact {contact} and the client {value} are one, written in two ways",
        least=_least_renamed,
    ),
    Repair(
        causes.GROUPING_CHANGED, title="{who} with {reference}, and {job} still carries {order}"
    ),
    Repair(
        causes.PROPOSAL_RENEWED,
        title="{who} of the renewed {reference}, and {job} still carries {order}",
    ),
    Repair(
        causes.NON_BILLING_JOB,
        title="{job} has no Client Order No., and {who} with {reference} {belong} on it",
    ),
    Repair(
        causes.REFERENCE_UNKNOWN,
        title="{who} with {reference}, which names no job: {belong} on {job}",
        on_job_too=True,
    ),
    Repair(
        causes.JOB_NOT_STANDARD,
        title="{who} {name} {job}, which is {state} and takes none",
        least=_least_opened,
    ),
    Repair(
        causes.REFERENCE_SHARED,
        choice_title="{reference} is on several jobs of the same age: {who} cannot be told where to go",
        question="Which job keeps {reference}?",
    ),
    Repair(causes.CLIENT_ARCHIVED),
    Repair(causes.BILLING_CLIENT_DIVERTS),
    Repair(causes.ON_ADHOC_JOB, _draft_resync),
    Repair(causes.ON_CLIENT, _draft_resync),
    Repair(causes.EDITED_AFTER_IMPORT, _draft_edited),
    Repair(causes.PERIOD_LOCKED),
    Repair(causes.WINDOW_MISSED, _draft_missing),
    Repair(causes.SHOULD_HAVE_SYNCED, _draft_missing, least=_least_touched),
    Repair(causes.WAITING_FOR_SYNC),
)
REPAIRS = {repair.cause.id: repair for repair in _TABLE}
