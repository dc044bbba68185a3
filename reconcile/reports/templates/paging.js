"use strict";
// Everything is in the page already: this only hides what is not asked for, and copies. Without it, all of it stays readable.

// Long lists in pages: one list, its items, and which of them are wanted.
function paged(items, size, place, words) {
  let wanted = items, first = 0;
  const bar = document.createElement("nav"), said = document.createElement("span");
  bar.className = "pager";
  bar.setAttribute("aria-label", "Pages of " + words);
  const step = (text, by) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => { first += by * size; show(); });
    return button;
  };
  const back = step("Back", -1), next = step("Next", 1);
  said.setAttribute("role", "status");
  bar.append(back, said, next);
  place(bar);
  function show() {
    first = Math.max(0, Math.min(first, Math.ceil(wanted.length / size) * size - size));
    const shown = new Set(wanted.slice(first, first + size));
    for (const item of items) item.hidden = !shown.has(item);
    const last = Math.min(first + size, wanted.length);
    said.textContent = wanted.length ? `${words} ${first + 1} to ${last} of ${wanted.length}` : `no ${words}`;
    back.disabled = first === 0;
    next.disabled = last >= wanted.length;
    bar.hidden = items.length <= size && wanted.length === items.length;
  }
  show();
  return {
    choose(some) { wanted = some; first = 0; show(); },
    turnTo(item) { first = Math.floor(wanted.indexOf(item) / size) * size; show(); },
    reveal() { for (const item of wanted) item.hidden = false; },
    show,
  };
}

const lists = [];
for (const long of document.querySelectorAll("[data-paged]")) {
  const items = [...long.children], size = Number(long.dataset.size);
  if (items.length > size) lists.push(paged(items, size, (bar) => (long.closest("table") || long).after(bar), long.dataset.paged));
}

window.addEventListener("beforeprint", () => lists.forEach((one) => one.reveal()));
window.addEventListener("afterprint", () => lists.forEach((one) => one.show()));
