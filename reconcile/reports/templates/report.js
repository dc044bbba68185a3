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
const cards = [...document.querySelectorAll("#fixes .card")];
const list = document.querySelector("#cards");
if (list) {
  const pages = paged(cards, 25, (bar) => list.before(bar), "fixes");
  lists.push(pages);
  const form = document.querySelector("#filter");
  form.hidden = false;
  const texts = new Map();
  const textOf = (card) => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };
  const choose = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    pages.choose(cards.filter((card) =>
      ["client", "owner", "cause"].every((name) => !form.elements[name].value || card.dataset[name] === form.elements[name].value) &&
      (!form.elements.state.value || card.dataset.state.split(" ").includes(form.elements.state.value)) &&
      words.every((word) => textOf(card).includes(word))));
  };
  form.addEventListener("input", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => { form.reset(); choose(); });
  choose();
  const follow = () => {
    const card = cards.find((one) => "#" + one.id === location.hash);
    if (!card) return;
    if (card.hidden) {
      form.reset();
      pages.choose(cards);
      pages.turnTo(card);
    }
    card.scrollIntoView();
  };
  window.addEventListener("hashchange", follow);
  follow();
}
for (const long of document.querySelectorAll("[data-paged]")) {
  const items = [...long.children], size = Number(long.dataset.size);
  if (items.length > size) lists.push(paged(items, size, (bar) => (long.closest("table") || long).after(bar), long.dataset.paged));
}

window.addEventListener("beforeprint", () => lists.forEach((one) => one.reveal()));
window.addEventListener("afterprint", () => lists.forEach((one) => one.show()));

// Copying: the clipboard where the browser gives it, the old way where it does not (a page on a network share, say).
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
const voice = document.querySelector("#voice");
for (const button of document.querySelectorAll(".copy")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const text = button.previousElementSibling.textContent;
  const done = await copied(text);
  button.focus();
  button.textContent = done ? "Copied" : "Not copied";
  voice.textContent = done ? `Copied ${text}` : "The browser did not let it be copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
});
