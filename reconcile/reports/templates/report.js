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
