// Sorts tables by a click on a column's head, and slices by a choice above them. Without it the page shows the same,
// in its own order; nothing else in the page is done by a script.
"use strict";
const valueOf = (text) => {
  const number = parseFloat(text.replaceAll("\u2212", "-").replaceAll(",", ""));
  return Number.isNaN(number) ? null : number;
};
const order = (rows, value, rising) => {
  const compared = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return (a === null) - (b === null); // what is undefined comes last, either way
    return rising ? compared(a, b) : compared(b, a);
  });
};
for (const table of document.querySelectorAll("table.sortable")) {
  const [head, ...rows] = table.rows;
  [...head.cells].forEach((cell, column) => {
    const isNumber = cell.classList.contains("number");
    const value = (row) => (isNumber ? valueOf(row.cells[column].textContent) : row.cells[column].textContent);
    const button = document.createElement("button");
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const rising = cell.ariaSort ? cell.ariaSort !== "ascending" : !isNumber;
      for (const other of head.cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
      head.parentNode.append(...order(rows, value, rising));
    });
  });
}
const slices = document.querySelector(".slices");
if (slices) {
  const choices = { "": "as they come", links: "most links", found: "fewest found" };
  if (slices.querySelector("[data-exact]")) choices.exact = "fewest read right";
  const label = document.createElement("label");
  const select = document.createElement("select");
  for (const [key, words] of Object.entries(choices)) select.add(new Option(words, key));
  label.append("Order of the rows: ", select);
  label.className = "choice";
  slices.before(label);
  const panels = [...slices.children].map((panel) => [panel, [...panel.querySelectorAll(".row:not(.scale)")]]);
  select.addEventListener("change", () => {
    const key = select.value;
    for (const [panel, rows] of panels) {
      const sorted = key ? order(rows, (row) => valueOf(row.dataset[key] ?? ""), key !== "links") : rows;
      panel.querySelector(".scale").before(...sorted);
    }
  });
}
