"use strict";
// Without it the page says the same: tables stand in the order of the report, and all of their rows are there.
(() => {
  const main = document.getElementById("main");
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  const cellAt = (row, place) => row.cells[place];
  const valueOf = (cell) => (cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value);

  // Numbers by size and before words, words by their language, what lacks last whichever way the others go.
  const order = (one, other, down) => {
    if (one === "" || other === "") return (one === "") - (other === "");
    const [a, b] = [Number(one), Number(other)];
    const both = Number.isNaN(a) || Number.isNaN(b) ? compare(one, other) : a - b;
    return down ? -both : both;
  };

  const sortBy = (table, place, header) => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => order(valueOf(cellAt(a, place)), valueOf(cellAt(b, place)), down));
    table.tBodies[0].append(...rows);
  };

  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((header, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sortBy(table, place, header));
    });
  };

  const makeFilterable = (table) => {
    const rows = [...table.tBodies[0].rows];
    const label = document.createElement("label");
    const field = document.createElement("input");
    const count = document.createElement("output");
    const bar = document.createElement("div");
    field.type = "search";
    field.autocomplete = "off";
    label.append(main.dataset.filter, field);
    bar.className = "filter";
    bar.append(label, count);
    const show = () => {
      const wanted = field.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.normalize("NFKC").toLowerCase();
        row.hidden = !wanted.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      count.textContent = main.dataset.shown.replace("{shown}", shown).replace("{all}", rows.length);
    };
    field.addEventListener("input", show);
    show();
    const region = table.closest(".wide") || table;
    region.before(bar);
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    if (!table.tHead || table.tBodies.length !== 1 || table.tBodies[0].rows.length < 2) continue;
    makeSortable(table);
    makeFilterable(table);
  }

  // A region is a stop of the keyboard only where there is something to scroll.
  const regions = document.querySelectorAll(".wide");
  const measure = () => {
    for (const region of regions) {
      if (region.scrollWidth > region.clientWidth + 1) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", measure);
  document.addEventListener("toggle", measure, true);
  measure();

  // On paper nothing can be opened.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const part of closed) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of closed) part.open = false;
  });
})();
