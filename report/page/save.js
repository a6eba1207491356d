// Buttons that save each chart as it is drawn, and the table behind it.
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

/// A chart as SVG, whatever it is drawn with on the page.
function svgOf(chart) {
  const view = chart.view(chart.width ?? 900);
  const drawing = echarts.init(null, null, {renderer: "svg", ssr: true, width: view.width, height: chart.height(view.narrow)});
  drawing.setOption(chart.fullOption(view));
  const text = drawing.renderToSVGString();
  drawing.dispose();
  return text;
}

/// The buttons of a chart. Files are called by `name`; `table()` makes the table.
function savingButtons(chart, name, table) {
  const stem = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const button = (text, onclick) => element("button", {type: "button", "data-save": name, onclick}, text);
  return [
    button("Save SVG", () => save(`${stem}.svg`, "image/svg+xml", svgOf(chart))),
    button("Save CSV", () => save(`${stem}.csv`, "text/csv", csvOf(table()))),
  ];
}
