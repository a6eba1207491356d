// The page of `hypar reproduce`.
"use strict";

const figures = Object.entries(report.figures).sort(([a], [b]) => a.localeCompare(b, "en", {numeric: true}));
const verdictsOf = (figure) => figure.verdicts ?? [];
const allVerdicts = figures.flatMap(([, figure]) => verdictsOf(figure));
const metOf = (verdicts) => verdicts.filter(({met}) => met).length;

function verdictOf(verdicts) {
  if (verdicts.length === 0) return element("span", {}, "nothing expected");
  const isMet = metOf(verdicts) === verdicts.length;
  return element("span", {class: isMet ? "met" : "missed"}, isMet ? "met" : `missed, ${verdicts.length - metOf(verdicts)} of ${verdicts.length}`);
}

/// Bars that the paper sums up with a geometric mean, of what the search found.
function meansOfHypar() {
  return figures.flatMap(([number, {rows, title}]) => {
    const own = rows.filter((row) => row.strategy === "hypar" && row.network !== undefined && !row.again && isNumber(row.ours) && isNumber(row.paper));
    if (own.length < 3) return [];
    const [ours, paper] = ["ours", "paper"].map((column) => geometricMean(own.map((row) => row[column])));
    return [{name: `Figure ${number}, hypar`, text: format.ratio(ours), value: ours,
             detail: `${title.split(/[,(]/)[0]}, gmean; the paper ${format.ratio(paper)}`}];
  });
}

function addReproductionHeader() {
  const source = figures.map(([, figure]) => figure.source).find((text) => text) ?? report.paper;
  addHeader({
    title: `${source.replace(/, Figure \d+$/, "")}, reproduced`,
    subtitle: `${report.paper}: ${figures.length} figures, the paper's numbers beside ours.`,
    warnings: [],
    tiles: [
      {name: "expectations met", text: `${metOf(allVerdicts)} of ${allVerdicts.length}`, value: metOf(allVerdicts), detail: "how near ours should be"},
      ...meansOfHypar(),
    ],
  });
}

function addSummary() {
  const section = addSection("summary", "Summary");
  section.append(makeTable({
    head: ["figure", "shows", "verdict", "expected and found"],
    rows: figures.map(([number, figure]) => [
      element("a", {href: `#figure-${number}`}, number), figure.title, verdictOf(verdictsOf(figure)),
      element("span", {}, verdictsOf(figure).map(({text}) => element("div", {}, text))),
    ]),
  }));
}

/// How the paper's own simulator counts, and what of the figures speaks for and against it.
function addAccounting() {
  if (!isThere(report.accounting)) return;
  const {title, source, speaks_for: reasons, speaks_against: doubts} = report.accounting;
  const section = addSection("accounting", "The paper's way", `${title}.`);
  const list = (sentences) => element("ul", {class: "plain"}, sentences.map((text) => element("li", {}, text)));
  section.append(element("p", {class: "muted"}, `${source}.`), element("h3", {}, "What speaks for it"), list(reasons),
                 element("h3", {}, "What speaks against it"), list(doubts));
}

function addFigure(number, figure) {
  const section = addSection(`figure-${number}`, `Figure ${number}: ${figure.title}`, null, `Figure ${number}`);
  section.append(element("ul", {class: "verdicts"}, verdictsOf(figure).map(({met, text}) =>
    element("li", {class: met ? "met" : "missed"}, element("strong", {}, met ? "met" : "missed"), ` ${text}`))));
  const {rows} = figure;
  if (rows.length === 0) return;
  const metrics = [...new Set(rows.map(({metric}) => metric))];
  if (rows[0].cells_apart !== undefined) addPlanGrids(section, rows);
  else if (figure.peak) addPlanMap(section, figure);
  else if (rows[0].accelerators !== undefined) addCurves(section, figure, rows);
  else for (const metric of metrics) addBarFigure(section, figure, rows.filter((row) => row.metric === metric), metric ?? null);
  addComponents(section, rows);
  addChoices(section, figure);
  if (figure.notes.length > 0) {
    section.append(element("h3", {}, "Notes"), element("ul", {class: "plain"}, figure.notes.map((note) => element("li", {}, note))));
  }
}

addReproductionHeader();
addSummary();
addAccounting();
for (const [number, figure] of figures) addFigure(number, figure);
addFooter(`Drawn from reproduce.json. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
