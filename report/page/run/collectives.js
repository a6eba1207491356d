// Collectives: what they took, beside what was predicted and what none of the algorithms could take less than.
"use strict";

const collectiveTimes = {
  time: {key: "seconds", look: {colour: (theme) => theme.blue}},
  predicted: {key: "predicted_seconds", look: {colour: (theme) => theme.orange, pattern: "dots"}},
  bound: {key: "bound_seconds", look: {colour: (theme) => theme.grey, pattern: "hollow"}},
};

const overBound = ({seconds, bound_seconds: bound}) => (bound === 0 ? null : seconds / bound);

/// Those of one kind, levels and algorithm together: [{name, count, seconds, predicted_seconds, bound_seconds}], what
/// takes longest first.
function alikeCollectives() {
  const alike = new Map();
  for (const collective of report.collectives) {
    const name = `${collective.kind} ${collective.levels} ${collective.algorithm}`;
    const sum = alike.get(name) ?? {name, count: 0, seconds: 0, predicted_seconds: 0, bound_seconds: 0};
    sum.count += 1;
    for (const {key} of Object.values(collectiveTimes)) sum[key] += collective[key];
    alike.set(name, sum);
  }
  return [...alike.values()].sort((a, b) => b.seconds - a.seconds);
}

function collectivesSummary() {
  const sumOf = (key) => report.collectives.reduce((sum, collective) => sum + collective[key], 0);
  const [seconds, bound] = [sumOf("seconds"), sumOf("bound_seconds")];
  const all = `All took ${format.seconds(seconds)}, ${format.ratio(overBound({seconds, bound_seconds: bound}))} times their bound.`;
  const long = report.collectives.filter((collective) => collective.seconds >= seconds / 100);
  if (long.length === 0) return all;
  const {layer, phase, kind, algorithm, ...times} = largestBy(long, overBound);
  return `${all} Furthest from its bound, of those that take a hundredth of it or more: ${layer} ${phase}, ${kind} by ${algorithm}, ` +
         `${format.ratio(overBound(times))} times.`;
}

function collectivesTable() {
  return {
    head: ["layer", "phase", "tensor", "collective", "levels", "group", "algorithm", "bytes", ...Object.keys(collectiveTimes), "x bound"],
    rows: report.collectives.map((collective) => [
      collective.layer, collective.phase, collective.tensor, collective.kind, collective.levels, cells.count(collective.group),
      collective.algorithm, cells.bytes(collective.bytes),
      ...Object.values(collectiveTimes).map(({key}) => cells.seconds(collective[key])), cells.ratio(overBound(collective)),
    ]),
  };
}

function addCollectives() {
  if (report.collectives === undefined || report.collectives.length === 0) return;
  const alike = alikeCollectives();
  const series = Object.entries(collectiveTimes).map(([name, {key, look}]) => ({name, look, values: alike.map((sum) => sum[key])}));
  const what = {
    categories: alike.map(({name, count}) => (count === 1 ? name : `${name} (${count})`)), series, text: format.seconds,
    isLog: needsLogarithm(series.flatMap(({values}) => values)), areLying: true,
  };
  const section = addSection("collectives", "Collectives",
                             "What groups of accelerators reduce and gather, by the algorithm that the array names or that " +
                             "was expected to take least. The bound is what none could take less than on this topology.");
  addChart(section, {
    title: "Time of collectives",
    summary: collectivesSummary() + (what.isLog ? " The axis is logarithmic." : ""),
    height: (narrow) => groupedBars.height(what, narrow),
    option: (view) => groupedBars.option(view, what),
    table: collectivesTable,
  });
}
