"""Fixes that get in each other's way, or in the way of what is right.

    drafts --resolve_clashes--> one field, one text --keep_what_is_right--> nothing right moves --do_together--> all on one day

Two fixes that need different texts in one field become one choice. One that would move what is right begins a night later,
when that has come in, or becomes a choice. One that does not hold together with the others begins a night later too.
Source: contract.md "Proofs hold when all proved fixes are done on one day", "Nothing that was right moves".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from reconcile.fixes.actions import (
    RENAMES,
    WAIT,
    Action,
    Desk,
    Draft,
    Landing,
    Option,
    Proof,
    proof_of,
)
from reconcile.fixes.proof import Rehearsal, merged, prove, together, wanted
from reconcile.fixes.repairs import after_tonight, listed, own_target, set_reference
from reconcile.rules.causes import ORDER, VOIDED_IN_XERO
from reconcile.rules.overnight import NO_JOB
from reconcile.wording import and_more

# Clashes ------------------------------------------------------------------------------------------------------------


MOST_TEXTS = 9  # choices of one clash: those of most invoices; a longer list helps nobody to choose
Field = tuple[str, str]  # ("order", job number), ("text", order number) or ("name", contact)
_SETS = ("set-client-order-no", *RENAMES)


def resolve_clashes(drafts: list[Draft], desk: Desk) -> list[Draft]:
    """Make one fix with a choice out of those that need different texts in one field."""
    wanting: dict[Field, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, draft in enumerate(drafts):
        for one, value in _needs(draft, desk):
            wanting[one][value].append(at)
    in_one: dict[int, tuple[Field, list[int]]] = {}
    taken: set[int] = set()
    for one, values in wanting.items():
        clashing = sorted({at for some in values.values() for at in some} - taken)
        if len(values) > 1 and len(clashing) > 1:
            in_one[clashing[0]] = one, clashing
            taken.update(clashing)
    return [
        _one_choice(in_one[at][0], [drafts[one] for one in in_one[at][1]], desk)
        if at in in_one
        else draft
        for at, draft in enumerate(drafts)
        if at in in_one or at not in taken
    ]


def _needs(draft: Draft, desk: Desk) -> list[tuple[Field, str]]:
    """The fields a draft sets or relies on, and the text it needs there: ("order", job number) or ("name", contact)."""
    needs: dict[Field, str] = {}
    for action in draft.actions:
        if action.do == "set-client-order-no":
            needs["order", action.job_no or ""] = action.value or ""
            if action.value:
                needs["text", action.value] = action.job_no or ""
        elif action.do in RENAMES:
            needs["name", action.from_value or ""] = action.value or ""
    if (
        draft.job != NO_JOB and draft.cause != VOIDED_IN_XERO.id
    ):  # all others come home, most by the text that their job carries now
        values = {
            action.invoice_no: action.value
            for action in draft.actions
            if action.do == "set-reference"
        }
        for row in draft.rows:
            job = own_target(row, draft.job)
            order, number = desk.findings.book.orders[job], desk.number(job)
            if order and order == values.get(row.invoice_no, row.reference) and order != number:
                needs.setdefault(("order", number), order)
    return list(needs.items())


def _one_choice(one: Field, drafts: list[Draft], desk: Desk) -> Draft:
    """One draft out of several that need different texts in one place: a choice of the texts, each mending all it can."""
    kind, what = one
    rows = [row for draft in drafts for row in draft.rows]
    setting = [draft for draft in drafts if any(action.do in _SETS for action in draft.actions)]
    first = min(setting, key=lambda draft: ORDER[draft.cause])
    evidence = tuple(dict.fromkeys(words for draft in drafts for words in draft.evidence))
    if kind == "name":
        options = tuple(_name_option(draft, drafts, desk) for draft in drafts)
        title = f"the contact {what} may be one of several clients: choose"
        return Draft(
            first.cause,
            rows,
            title,
            evidence,
            NO_JOB,
            (),
            options,
            "Which client is it?",
            subject=what,
        )
    if kind == "text":
        numbers = sorted({dict(_needs(draft, desk))[one] for draft in drafts})
        options = tuple(_text_option(number, what, drafts, desk) for number in numbers[:MOST_TEXTS])
        title = f"{what} is needed on several jobs, and one of them can carry it: choose"
        return Draft(
            first.cause,
            rows,
            title,
            evidence,
            NO_JOB,
            (),
            options,
            f"Which job carries {what}?",
            subject=what,
        )
    counts: Counter[str] = Counter()
    for draft in drafts:
        counts[dict(_needs(draft, desk))[one]] += len(draft.rows)
    texts = sorted(counts, key=lambda text: (-counts[text], text))
    shown = texts[:MOST_TEXTS]
    options = tuple(_order_option(text, what, drafts, desk) for text in shown)
    more = f" and {len(texts) - len(shown)} other texts" if len(texts) > len(shown) else ""
    title = f"{len(rows)} invoices need {' and '.join(shown)}{more} on the one job {what}: choose"
    return Draft(
        first.cause,
        rows,
        title,
        evidence,
        NO_JOB,
        (),
        options,
        f"Which text does {what} carry?",
        subject=what,
    )


def _text_option(number: str, text: str, drafts: list[Draft], desk: Desk) -> Option:
    """One job carries the text; the invoices of the others come to theirs by its number (M1)."""
    actions: list[Action] = []
    changed = []
    for draft in drafts:
        if dict(_needs(draft, desk)).get(("text", text)) == number:
            actions += draft.actions
            continue
        edits = {
            row.invoice_no: set_reference(row, desk.number(own_target(row, draft.job)))
            for row in draft.rows
        }
        changed += draft.rows
        left_out = ("set-reference", "touch-invoice", "set-client-order-no")
        actions += edits.values()
        actions += [action for action in draft.actions if action.do not in left_out]
    why = f"{number} carries {text}, and the number of the own job becomes the Reference of {listed(changed)}"
    return Option(number, why, _in_stages(actions))


def _name_option(draft: Draft, drafts: list[Draft], desk: Desk) -> Option:
    renaming = next(action for action in draft.actions if action.do in RENAMES)
    others = [row for other in drafts if other is not draft for row in other.rows]
    stay = "stays as it is" if len(others) == 1 else "stay as they are"
    why = f"{renaming.from_value} is {renaming.value}; {listed(others)} {stay}"
    return Option(desk.number(draft.job), why, draft.actions)


def _order_option(text: str, number: str, drafts: list[Draft], desk: Desk) -> Option:
    """The job carries one of the texts; the invoices that came by another get it as their Reference."""
    job = desk.positions[number]
    actions: list[Action] = []
    changed = []
    for draft in drafts:
        wants = dict(_needs(draft, desk))
        if wants.get(("order", number)) == text:
            actions += draft.actions
            continue
        moving = [row for row in draft.rows if own_target(row, draft.job) == job]
        changed += moving
        edits = {row.invoice_no: set_reference(row, text) for row in moving}
        actions += edits.values()
        edited = ("set-reference", "touch-invoice")
        actions += [
            one for one in draft.actions if not (one.do in edited and one.invoice_no in edits)
        ]
    actions = [
        one
        for one in actions
        if one.do != "set-client-order-no" or one.job_no != number or one.value == text
    ]
    more = f", and so does the Reference of {listed(changed)}" if changed else ""
    verb = "keeps" if desk.findings.book.orders[job] == text else "carries"
    return Option(number, f"{number} {verb} {text}{more}", _in_stages(actions))


def _in_stages(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions of several fixes as of one: prepare, edit in Xero, delete, wait once; none twice.

    None of them opens a job: a text is set on open jobs, and what opens one needs the text that it has.
    """
    stages: dict[str, list[Action]] = {
        name: [] for name in ("prepare", "xero", "delete-xpm-invoice", "delete-client")
    }
    for action in {replace(one, text=""): one for one in actions}.values():
        if action.do != "wait-overnight":
            stage = action.do if action.do in stages else "xero" if action.invoice_no else "prepare"
            stages[stage].append(action)
    return (*chain.from_iterable(stages.values()), Action("xpm", "wait-overnight", WAIT))


# What is right stays ------------------------------------------------------------------------------------------------


def keep_what_is_right(drafts: Sequence[Draft], desk: Desk, rehearsal: Rehearsal) -> list[Draft]:
    """A fix that would move what is right begins tomorrow, when that has come in; where that costs more, a person chooses.

    Args:
        drafts: with their proofs.
    """
    at = [
        n
        for n, draft in enumerate(drafts)
        if draft.proof and _moves_right(draft.proof) and not draft.options
    ]
    if not at:
        return list(drafts)
    later = prove(
        [_later(drafts[n], _coming_words(drafts[n].proof), desk, rehearsal) for n in at], rehearsal
    )
    result = list(drafts)
    chosen = []
    for n, one in zip(at, later, strict=True):
        if _holds(one) and desk.cost(one.actions) <= desk.cost(drafts[n].actions):
            result[n] = one
        else:
            chosen.append((n, _choose(drafts[n], one, desk)))
    for (n, _), draft in zip(chosen, prove([draft for _, draft in chosen], rehearsal), strict=True):
        result[n] = draft
    return result


def _moves_right(proof: Proof) -> bool:
    return any(move.worse for move in proof.moves_others)


def _holds(draft: Draft) -> bool:
    return draft.proof is not None and draft.proof.status == "proved"


def _coming_words(proof: Proof | None) -> str:
    worse = [move for move in (proof.moves_others if proof else ()) if move.worse]
    if not worse:
        return "another fix must be done before"
    more = and_more(len(worse), 1)
    return f"it brings {worse[0].invoice_no}{more} to {worse[0].before.as_target}"


def _later(draft: Draft, why: str, desk: Desk, rehearsal: Rehearsal) -> Draft:
    """The same fix begun tomorrow; what tonight's import takes to the wrong place meanwhile is deleted there."""
    home = wanted(draft, rehearsal)
    base = rehearsal.replay([()], [home], nights=1)[0]
    taken = [
        row
        for row in draft.rows
        if not row.in_xpm and _taken_elsewhere(base.end(row.at), home[row.at])
    ]
    return replace(draft, actions=after_tonight(draft.actions, taken, desk, why), proof=None)


def _taken_elsewhere(tonight: Landing, home: tuple[str, str]) -> bool:
    return tonight.place in ("job", "client", "adhoc") and (tonight.place, tonight.job_no) != home


def _choose(draft: Draft, later: Draft, desk: Desk) -> Draft:
    """Do it now and give the invoices in the way their job's number as Reference, or do it tomorrow."""
    proof = proof_of(draft)
    worse = [move for move in proof.moves_others if move.worse]
    number = desk.number(draft.job) if draft.job != NO_JOB else None
    moved = _coming_words(proof).removeprefix("it brings ")
    options = [
        Option(number, f"do it tomorrow, after tonight's import has brought {moved}", later.actions)
    ]
    kept = [move for move in worse if move.before.place == "job"]
    if len(kept) == len(worse):
        rows = {
            row.invoice_no: row for row in desk.rows_of(tuple(move.invoice_no for move in kept))
        }
        first = [set_reference(rows[move.invoice_no], move.before.job_no) for move in kept]
        names = listed(list(rows.values()))
        why = f"do it now, and give {names} the job's number as Reference first"
        options.append(Option(number, why, (*first, *draft.actions)))
    return replace(
        draft,
        job=NO_JOB,
        actions=(),
        options=tuple(options),
        question="Now or tomorrow?",
        proof=None,
        alternatives=(),
    )


# All on one day -----------------------------------------------------------------------------------------------------


def do_together(drafts: Sequence[Draft], desk: Desk, rehearsal: Rehearsal) -> list[Draft]:
    """Let the fixes that do not hold when all proved ones are done on one day begin a day later; else they are not proved."""
    result = list(drafts)
    delayed: set[int] = set()
    while failing := _failing(result, rehearsal):
        again = [n for n in failing if n not in delayed]
        again = again[1:] or again  # the first may hold when the others make way
        later = prove(
            [_later(result[n], _coming_words(None), desk, rehearsal) for n in again], rehearsal
        )
        for n, one in zip(again, later, strict=True):
            result[n] = one if _holds(one) else _after_others(drafts[n])
        if not again:
            for n in failing:
                result[n] = _after_others(drafts[n])
        delayed.update(again)
    return result


def _after_others(draft: Draft) -> Draft:
    reason = "it holds alone, and not on one day with the others: do those first, and run again"
    return replace(
        draft, proof=replace(proof_of(draft), status="cannot-prove", reason=reason, nights=None)
    )


def _failing(drafts: Sequence[Draft], rehearsal: Rehearsal) -> list[int]:
    """The proved drafts that do not hold together: their own invoices, or what is right and can be moved by them."""
    proved = [draft for draft in drafts if _holds(draft)]
    own = {row.at for draft in proved for row in draft.rows}
    seen, base = together([draft.actions for draft in proved], own, rehearsal)
    ledger = rehearsal.ledger
    harmed = {
        at
        for at in seen.after
        if at not in own
        and ledger["outcome"][at] in ("ok", "wait")
        and seen.end(at).spot != base.end(at).spot
    }
    failing = []
    for n, draft in enumerate(drafts):
        if not _holds(draft):
            continue
        lost = any(seen.end(at).spot != home for at, home in wanted(draft, rehearsal).items())
        if lost or (harmed and harmed & rehearsal.reached(draft.actions)):
            failing.append(n)
    return failing


# Choices beside the proved fixes --------------------------------------------------------------------------------------


def check_choices(drafts: Sequence[Draft], desk: Desk, rehearsal: Rehearsal) -> list[Draft]:
    """Replay each proved choice together with the proved fixes whose jobs it edits; one that undoes them is not proved."""
    by_job = _proved_by_job(drafts, desk)
    asked = [
        (n, at, beside)
        for n, draft in enumerate(drafts)
        for at, option in enumerate(draft.options)
        if option.proof and option.proof.status == "proved" and (beside := _beside(option, by_job))
    ]
    if not asked:
        return list(drafts)
    ways = [
        merged([drafts[n].options[at].actions, *(drafts[one].actions for one in beside)])
        for n, at, beside in asked
    ]
    own = [[row.at for one in (n, *beside) for row in drafts[one].rows] for n, _, beside in asked]
    result = list(drafts)
    for (n, at, beside), seen in zip(asked, rehearsal.replay(ways, own), strict=True):
        homes = [home for one in beside for home in wanted(drafts[one], rehearsal).items()]
        lost = [seen.end(row).invoice_no for row, home in homes if seen.end(row).spot != home]
        if lost:
            reason = f"done on one day with its own fix, {lost[0]} would not come home: do that one first, and run again"
            options = list(result[n].options)
            proof = replace(
                proof_of(options[at]), status="cannot-prove", reason=reason, nights=None
            )
            options[at] = replace(options[at], proof=proof)
            result[n] = replace(result[n], options=tuple(options))
    return result


def _proved_by_job(drafts: Sequence[Draft], desk: Desk) -> dict[str, set[int]]:
    """The proved fixes by the number of each job that their invoices go to or that they edit."""
    found: dict[str, set[int]] = defaultdict(set)
    for n, draft in enumerate(drafts):
        if _holds(draft):
            numbers = {action.job_no for action in draft.actions if action.job_no}
            if draft.job != NO_JOB:
                numbers |= {desk.number(own_target(row, draft.job)) for row in draft.rows}
            for number in numbers:
                found[number].add(n)
    return found


def _beside(option: Option, by_job: dict[str, set[int]]) -> list[int]:
    return sorted(
        {n for action in option.actions if action.job_no for n in by_job.get(action.job_no, ())}
    )


def tell_shared_choices(drafts: Sequence[Draft]) -> list[Draft]:
    """Say on a choice when another fix's choice sets the same job's order number to another text: one of them can be taken."""
    offers: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for n, draft in enumerate(drafts):
        for option in draft.options:
            for number, value in _orders_set(option):
                offers[number].add((n, value))
    result = list(drafts)
    for n, draft in enumerate(drafts):
        options = []
        for option in draft.options:
            for number, value in _orders_set(option):
                others = sorted(m for m, other in offers[number] if m != n and other != value)
                if others:
                    whose = drafts[others[0]].rows[0].invoice_no
                    option = replace(
                        option,
                        why=f"{option.why}; {number} is a choice for {whose} too, take it for one of them",
                    )
            options.append(option)
        if options:
            result[n] = replace(draft, options=tuple(options))
    return result


def _orders_set(option: Option) -> set[tuple[str, str]]:
    """The order numbers that a choice gives to jobs: (job number, text)."""
    return {
        (one.job_no, one.value)
        for one in option.actions
        if one.do == "set-client-order-no" and one.job_no and one.value
    }
