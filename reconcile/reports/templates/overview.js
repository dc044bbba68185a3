// The practices: which of them to show, a page at a time.
const rows = [...document.querySelectorAll("#list > tbody > tr")];
const form = document.querySelector("#filter");
if (form) {
  const table = document.querySelector("#list");
  const pages = paged(rows, 50, (bar) => table.closest(".scroll").before(bar), "practices");
  lists.push(pages);
  form.hidden = false;
  const texts = new Map();  // the practice and its folder
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.cells[0].textContent.toLowerCase());
    return texts.get(row);
  };
  const choose = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = ["state", "cause"].map((name) => [name, form.elements[name].value]).filter((one) => one[1]);
    pages.choose(rows.filter((row) =>
      asked.every(([name, value]) => row.dataset[name].split("|").includes(value)) &&
      words.every((word) => textOf(row).includes(word))));
  };
  form.addEventListener("input", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => { form.reset(); choose(); });
  choose();
}
