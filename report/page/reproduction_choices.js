// What the figures of a reproduction owe to the choices of the model: ours with each of them turned.
"use strict";

const allChoices = "all";
const titlesOfChoices = Object.fromEntries((report.choices ?? []).map(({name, title}) => [name, title]));

/// How a choice's bars look, by its place among a figure's.
const looksOfChoices = [
  {colour: (theme) => theme.orange, pattern: "lines"},
  {colour: (theme) => theme.green, pattern: "dots"},
  {colour: (theme) => theme.purple, pattern: "cross"},
  {colour: (theme) => theme.yellow, pattern: "lines"},
];
const ourLook = {colour: (theme) => theme.blue, pattern: null};
const allLook = {colour: (theme) => theme.red, pattern: null};
const paperLook = {colour: (theme) => theme.grey, pattern: "hollow"};

/// The columns {name, look, valueOf} of the paper, of ours and of every choice.
function choiceColumns({choices}, rows) {
  const looks = choices.filter((name) => name !== allChoices);
  const paper = {name: "paper", look: paperLook, valueOf: ({paper}) => paper};
  return [
    ...(rows.some(({paper}) => isNumber(paper)) ? [paper] : []),
    {name: "ours", look: ourLook, valueOf: ({ours}) => ours},
    ...choices.map((name) => ({
      name, look: name === allChoices ? allLook : looksOfChoices[looks.indexOf(name) % looksOfChoices.length],
      valueOf: (row) => row.choices?.[name] ?? null,
    })),
  ];
}

/// What a choice does to the rows, in words: the geometric mean of its values over ours, and the row that it moves most.
function effectInWords(rows, {name, valueOf}) {
  const changes = rows.filter((row) => isNumber(valueOf(row)) && row.ours > 0)
      .map((row) => ({row, factor: valueOf(row) / row.ours}));
  if (changes.length === 0) return null;
  const most = largestBy(changes, ({factor}) => Math.abs(Math.log(factor)));
  if (format.ratio(most.factor) === format.ratio(1)) return `${name}: changes nothing`;
  return `${name}: ${format.ratio(geometricMean(changes.map(({factor}) => factor)))} times ours in the mean, ` +
         `most for ${nameOfRow(most.row)}, ${format.ratio(most.factor)} times`;
}

function choicesSummary(rows, columns) {
  const effects = columns.slice(columns.findIndex(({name}) => name === "ours") + 1)
      .map((column) => effectInWords(rows, column)).filter((text) => text !== null);
  return `${effects.join("; ")}.`;
}

/// Keys that have more than one value among the rows.
function tellingKeys(rows) {
  const keys = keysOf(rows[0]);
  const telling = keys.filter((key) => new Set(rows.map((row) => row[key])).size > 1);
  return telling.length > 0 ? telling : keys.slice(0, 1);
}

function addChoicesChart(section, figure, rows, title) {
  const columns = choiceColumns(figure, rows);
  const keys = tellingKeys(rows);
  const what = {
    categories: rows.map((row) => keys.map((key) => (key === "levels" ? `${row[key]} levels` : row[key])).join(", ")),
    series: columns.map(({name, look, valueOf}) => ({name, look, values: rows.map(valueOf)})),
    areLying: rows.length > 12,
  };
  const values = what.series.flatMap((series) => series.values).filter(isNumber);
  const reference = isGain(figure) ? {reference: 1} : {};
  addScaledChart(section, {
    title, name: `${figure.title}: ${title}`, summary: choicesSummary(rows, columns), isLog: needsLogarithm(values),
    height: (narrow) => groupedBars.height(what, narrow),
    option: (view, isLog) => groupedBars.option(view, {...what, text: format.ratio, axisText: plainNumber, isLog, ...reference}),
    table: () => ({
      head: [...keysOf(rows[0]), ...columns.map(({name}) => name)],
      rows: rows.map((row) => [
        ...keysOf(row).map((key) => String(row[key])), ...columns.map(({valueOf}) => number(valueOf(row))),
      ]),
    }),
  });
}

function addChoices(section, figure) {
  if ((figure.choices ?? []).length === 0) return;
  section.append(element("h3", {}, "What the figure owes to the choices"),
                 element("ul", {class: "plain"}, figure.choices.map((name) => element(
                   "li", {}, element("strong", {}, name), ` ${titlesOfChoices[name] ?? "all of them together"}`))));
  const turned = figure.rows.filter((row) => row.choices);
  if (turned.length > 0) addChoicesChart(section, figure, turned, "Each choice turned by itself, and all of them");
  for (const {name, rows} of figure.further ?? []) {
    if (rows.length > 0) addChoicesChart(section, figure, rows, `The same with ${name}, which the paper does not have`);
  }
}
