// Buttons that save a chart as it is drawn, and the table behind it.
"use strict";

/// Hands a file to whoever reads the page.
function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type}));
  element("a", {href: address, download: name}).click();
  URL.revokeObjectURL(address);
}

/// A table as CSV, numbers in full.
function csvOf({head, rows}) {
  const textOf = (content) => {
    if (!isThere(content)) return "";
    const text = String(typeof content === "object" ? content.value : content);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => `${row.map(textOf).join(",")}\n`).join("");
}

/// Adds them above a chart. Files are called by `name`; `table()` makes the table.
function addSaving(chart, name, table) {
  const stem = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const drawing = () => {
    if (chart.drawing === null) chart.draw();
    return chart.drawing.renderToSVGString();
  };
  const button = (text, onclick) => element("button", {type: "button", "data-save": name, onclick}, text);
  const buttons = [
    button("Save SVG", () => save(`${stem}.svg`, "image/svg+xml", drawing())),
    button("Save CSV", () => save(`${stem}.csv`, "text/csv", csvOf(table()))),
  ];
  const controls = chart.box.parentElement.querySelector(".controls");
  if (controls === null) chart.box.before(element("div", {class: "controls"}, buttons));
  else controls.append(...buttons);
}
