// The points of a sweep: what they are called, which of them are shown, how figures are compared.
"use strict";

const {keys, figures} = report;

/// {number, at, figures} of a point that is done, {number, at, status, error} of any other; `at` are the numbers of its
/// keys' values.
const points = report.results.map((row, number) => {
  const at = row.slice(0, keys.length);
  const rest = row.slice(keys.length);
  return typeof rest[0] === "string" ? {number, at, status: rest[0], error: report.errors[rest[1]]}
                                     : {number, at, status: "done", figures: rest};
});
const donePoints = points.filter(({status}) => status === "done");
const otherPoints = points.filter(({status}) => status !== "done");
const isAround = report.around !== null;
const areMany = points.length > 2000;

const figureNumber = (name) => figures.findIndex((figure) => figure.name === name);
const labelOf = (figure) => figures[figure].label;
const figureChoices = Object.fromEntries(figures.map(({label}, figure) => [figure, label]));

function figureText(figure, value) {
  switch (figures[figure].unit) {
    case "s": return format.seconds(value);
    case "J": return format.joules(value);
    case "J s": return format.jouleSeconds(value);
    case "B": return format.bytes(value);
    case "share": return format.percent(value);
    default: return value < 1e6 ? format.count(value) : format.rate(value, "").trim();
  }
}
const figureCell = (figure, value) => ({text: figureText(figure, value), value});

// --- Names ----------------------------------------------------------------------------------------------------------

/// The last part of a key's path, all of it where another key ends the same way.
const keyNames = keys.map(({name}) => {
  const last = (path) => path.slice(path.lastIndexOf(".") + 1);
  return keys.filter((other) => last(other.name) === last(name)).length === 1 ? last(name) : name;
});
const varied = keys.map((_, key) => key).filter((key) => keys[key].values.length > 1);
const valueText = (point, key) => keys[key].values[point.at[key]];

/// "key=value key=value ...", of the keys that vary; around an experiment, of those that differ from it.
function pointName(point, named = varied) {
  const own = isAround ? named.filter((key) => point.at[key] !== points[0].at[key]) : named;
  if (own.length > 0) return own.map((key) => `${keyNames[key]}=${valueText(point, key)}`).join(" ");
  return isAround ? "the experiment itself" : `point ${point.number}`;
}

/// Lines that tell a point apart.
const pointLines = (point) =>
  (isAround ? [pointName(point)] : varied.map((key) => `${keyNames[key]}: ${shortened(valueText(point, key), 60)}`));

/// The columns of tables that tell a point apart: their heads, and their cells.
const pointHead = (named = varied) => (isAround ? ["which"] : named.map((key) => keyNames[key]));
const pointCells = (point, named = varied) => (isAround ? [pointName(point)] : named.map((key) => valueText(point, key)));

// --- The points that are shown --------------------------------------------------------------------------------------

/// For each key the number of the one value that is shown, or null.
const fixed = keys.map(() => null);
const isShown = ({at}) => fixed.every((value, key) => value === null || at[key] === value);
let shownPoints = donePoints;
const renewals = [];

function show(key, value) {
  fixed[key] = value;
  shownPoints = donePoints.filter(isShown);
  for (const renew of renewals) renew();
}

/// What the shown points have in common, for summaries.
const shownText = () => {
  const common = varied.filter((key) => fixed[key] !== null).map((key) => `${keyNames[key]}=${keys[key].values[fixed[key]]}`);
  return common.length === 0 ? "" : ` Of ${common.join(", ")}.`;
};

// --- Comparing ------------------------------------------------------------------------------------------------------

const isBetter = (figure, a, b) => (figures[figure].is_more_better ? a > b : a < b);

/// The best by a figure, the first of equal ones; null of none.
const bestOf = (some, figure) =>
  some.reduce((best, point) => (best === null || isBetter(figure, point.figures[figure], best.figures[figure]) ? point : best), null);

/// [least, most] of any number of values.
const rangeOf = (values) => values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);

/// Whether only a logarithm shows the difference of small ones.
const isWide = ([least, most]) => least > 0 && most > 30 * least;

/// The scale from the least to the largest of values, logarithmic where they are wide apart: `of` brings a value to it,
/// `share` tells how far from the `low` end to the `high` one it is.
function scaleOf(values) {
  const range = rangeOf(values);
  const isLog = isWide(range);
  const of = isLog ? Math.log10 : (value) => value;
  const [low, high] = values.length === 0 ? [0, 1] : range.map(of);
  return {range, isLog, of, low, high, share: (value) => (high === low ? 0 : (of(value) - low) / (high - low))};
}

// --- Charts of the points that are shown ----------------------------------------------------------------------------

/// A choice of the figure that `state` has under `name`.
function figureChoice(label, state, name, renew) {
  return choice(label, figureChoices, (chosen) => {
    state[name] = Number(chosen);
    renew();
  }, String(state[name]));
}

/// The tooltip of charts whose data have a `point`: what tells it apart, and figures.
function pointTooltip(theme, told) {
  const lineOf = (figure, point) => `${labelOf(figure)}: ${figureText(figure, point.figures[figure])}`;
  return tooltip(theme, {
    formatter: ({data}) => (data?.point === undefined ? ""
        : tooltipLines(...pointLines(data.point), ...told.map((figure) => lineOf(figure, data.point)))),
  });
}

/// Adds a chart of the shown points. `read()` takes from them what is drawn and `summary()` says it, again whenever other
/// points are shown or one of `controls(renew)` wants it.
function addPointsChart(section, {read, summary, controls, ...what}) {
  const renew = () => {
    read();
    chart.renew(summary());
  };
  read();
  const chart = addChart(section, {
    ...what, summary: summary(), controls: controls(renew), renderer: areMany ? "canvas" : "svg",
  });
  renewals.push(renew);
}
