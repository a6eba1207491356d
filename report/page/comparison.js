// The page of `hypar compare`.
"use strict";

const {rows} = report;

/// What rows are told apart by: the group of those with a common baseline, the topology where there are several.
const varies = (key) => new Set(rows.map((row) => row[key])).size > 1;

function groupName(row) {
  const {experiment, network} = row;
  return experiment === network || !varies("experiment") ? network : `${experiment} ${network}`;
}

/// A name for each group of rows with a common baseline; equal ones get a number.
const groupNames = new Map();
for (const row of rows) {
  if (groupNames.has(row.baseline)) continue;
  const name = groupName(row);
  const same = [...groupNames.values()].filter((other) => other === name || other.startsWith(`${name} (`)).length;
  groupNames.set(row.baseline, same === 0 ? name : `${name} (${same + 1})`);
}
const hasGroups = groupNames.size > 1;
const hasTopologies = varies("topology");

/// Where a row's bars stand, and what they are called there.
const categoryOf = (row) => [hasGroups || !hasTopologies ? groupNames.get(row.baseline) : null, hasTopologies ? row.topology : null]
    .filter((part) => part !== null).join(" ");
const categories = [...new Set(rows.map(categoryOf))];
const topologies = [...new Set(rows.map(({topology}) => topology))];
const strategies = [...new Set(rows.map(({strategy}) => strategy))];
const nameOf = (row) => [hasGroups ? groupNames.get(row.baseline) : null, hasTopologies ? row.topology : null, row.strategy]
    .filter((part) => part !== null).join(" ");
const lookOf = (strategy) => strategyLooks[strategy] ?? otherLook;

const isFew = rows.length <= 8;
const hasEstimates = isThere(report.estimated_utilisation);

function comparisonTiles() {
  if (rows.length === 0) return [];
  const bestTile = (name, key) => {
    const best = largestBy(rows, (row) => row[key]);
    return {name, text: `${format.ratio(best[key])} \u00d7`, value: best[key], detail: nameOf(best)};
  };
  return [
    {name: "runs", text: format.count(rows.length), value: rows.length,
     detail: hasGroups ? `of ${groupNames.size} networks or experiments` : null},
    bestTile("highest speedup", "speedup"),
    bestTile("highest energy efficiency", "energy_efficiency"),
    ...(hasGroups && !hasTopologies ? strategies.flatMap(meanTile) : []),
  ];
}

/// The mean speedup of a strategy that every group has, and that is not the baseline itself.
function meanTile(strategy) {
  const own = rows.filter((row) => row.strategy === strategy);
  if (own.length !== groupNames.size || own.every((row) => rows[row.baseline] === row)) return [];
  const mean = geometricMean(own.map(({speedup}) => speedup));
  return [{name: `speedup of ${strategy}`, text: `${format.ratio(mean)} \u00d7`, value: mean, detail: "geometric mean"}];
}

function addComparisonHeader() {
  const list = (values) => [...new Set(values)].join(", ");
  const runs = `${rows.length} run${rows.length === 1 ? "" : "s"}`;
  const refused = (report.refused ?? []).map(({network, topology, strategy, problem}) =>
    `Refused: ${network}, ${topology}, ${strategy}: ${problem}`);
  const partial = report.partial ? [`Partial: ${report.partial.runs_done} of ${report.partial.runs} runs were done.`] : [];
  addHeader({
    title: hasGroups ? `Comparison of ${runs}` : `Comparison: ${rows.length === 0 ? "no run was done" : groupNames.values().next().value}`,
    subtitle: rows.length === 0 ? "" : `${list(rows.map(groupName))}; ${list(strategies)}; on ${list(rows.map(({array}) => array))}, ` +
              `${list(rows.map(({topology}) => topology))}, ${list(rows.map(({accelerators}) => accelerators))} accelerators, ` +
              `batch ${list(rows.map(({batch}) => batch))}. Against each network's first run with ${list(rows.map((row) => rows[row.baseline].strategy))}.`,
    warnings: [...partial, ...refused],
    tiles: comparisonTiles(),
  });
}

/// A chart of one measure of every run, a bar each.
function addMeasure(section, {title, of, text, cell, summary, isRatio}) {
  const valueOf = (category, strategy) => {
    const row = rows.find((each) => categoryOf(each) === category && each.strategy === strategy);
    return row === undefined ? null : of(row);
  };
  const series = strategies.map((strategy) => ({name: strategy, look: lookOf(strategy), values: categories.map((category) => valueOf(category, strategy))}));
  const names = [...categories];
  if (isRatio && hasGroups && series.every(({values}) => values.every((value) => value > 0))) {
    for (const topology of topologies) {
      names.push(hasTopologies ? `gmean ${topology}` : "gmean");
      for (const {name, values} of series) {
        values.push(geometricMean(rows.filter((row) => row.topology === topology && row.strategy === name).map(of)));
      }
    }
  }
  const what = {
    categories: names, series, text, isLog: needsLogarithm(rows.map(of)), ...(isRatio ? {reference: 1, axisText: plainNumber} : {}),
  };
  addChart(section, {
    title,
    summary: summary + (names.length > categories.length ? " gmean: the geometric mean." : "") + (what.isLog ? " The axis is logarithmic." : ""),
    height: (narrow) => groupedBars.height(what, narrow),
    option: (view) => groupedBars.option(view, what),
    table: () => ({head: ["run", title], rows: [
      ...rows.map((row) => [nameOf(row), cell(of(row))]),
      ...names.slice(categories.length).flatMap((mean, index) =>
        series.map(({name, values}) => [`${mean}, ${name}`, cell(values[categories.length + index])])),
    ]}),
  });
}

/// A chart of what every run's total is made of: parts on top of each other, as they are, as shares, or over the
/// baseline's total. `partsOf(row)` gives {name: amount}.
function addSplit(section, {title, summary, totalOf, partsOf, looks, text, cell}) {
  const names = Object.keys(looks).filter((name) => rows.some((row) => partsOf(row)[name] > 0));
  const scales = {
    own: {label: "as it is", over: () => 1, text},
    baseline: {label: "over the baseline's", over: (row) => totalOf(rows[row.baseline]), text: (value) => `${format.ratio(value)} \u00d7`},
    share: {label: "shares", over: totalOf, text: format.percent},
  };
  let scale = categories.length === 1 ? "own" : rows.some((row) => totalOf(row) > 6 * totalOf(rows[row.baseline])) ? "share" : "baseline";
  let group = rows.length > 60 ? [...groupNames.keys()][0] : "all";
  const shown = () => (group === "all" ? rows : rows.filter((row) => row.baseline === Number(group)));
  const scaled = (row, amount) => (scales[scale].over(row) === 0 ? 0 : amount / scales[scale].over(row));
  const controls = [choice("show", Object.fromEntries(Object.entries(scales).map(([key, {label}]) => [key, label])), (chosen) => {
    scale = chosen;
    chart.draw();
  }, scale)];
  if (hasGroups) {
    controls.push(choice("of", {all: "all", ...Object.fromEntries([...groupNames])}, (chosen) => {
      group = chosen;
      chart.draw();
    }, String(group)));
  }
  const what = () => ({
    names: shown().map(nameOf),
    parts: names.map((name) => ({name, look: looks[name], values: shown().map((row) => scaled(row, partsOf(row)[name] ?? 0))})),
    text: scales[scale].text,
    totals: shown().map((row) => text(totalOf(row))),
  });
  const chart = addChart(section, {
    title, summary, controls,
    height: (narrow) => stackedRows.height(what(), narrow),
    option: (view) => stackedRows.option(view, what()),
    table: () => ({
      head: ["run", ...names, "all"],
      rows: rows.map((row) => [nameOf(row), ...names.map((name) => cell(partsOf(row)[name] ?? 0)), cell(totalOf(row))]),
    }),
  });
}

/// A section, or within it the box that has its charts side by side where there are few runs.
function pairIn(section) {
  if (!isFew) return section;
  const pair = element("div", {class: "side-by-side"});
  section.append(pair);
  return pair;
}

/// The ratio to the baseline of every run, with the highest in words.
function addRatio(section, title, key, said) {
  const best = largestBy(rows, (row) => row[key]);
  addMeasure(section, {
    title, of: (row) => row[key], text: format.ratio, cell: cells.ratio, isRatio: true,
    summary: `${said} Highest: ${nameOf(best)}, ${format.ratio(best[key])}.`,
  });
}

function addStepSplit(section) {
  const shareOf = (row) => row.communication_seconds / row.seconds;
  const fastest = smallestBy(rows, ({seconds}) => seconds);
  const communicates = largestBy(rows, shareOf);
  addSplit(section, {
    title: "Step: compute and exposed communication",
    summary: `Shortest: ${nameOf(fastest)}, ${format.seconds(fastest.seconds)}. The largest share of communication: ` +
             `${nameOf(communicates)}, ${format.percent(communicates.seconds === 0 ? 0 : shareOf(communicates))}.`,
    totalOf: ({seconds}) => seconds,
    partsOf: (row) => ({compute: row.compute_seconds, communication: row.communication_seconds, idle: row.idle_seconds}),
    looks: {
      compute: {colour: (theme) => theme.blue}, communication: {colour: (theme) => theme.orange, pattern: "lines"},
      idle: {colour: (theme) => theme.grey, pattern: "hollow"},
    },
    text: format.seconds, cell: cells.seconds,
  });
}

/// A closed form beside what is simulated, where that was asked for.
function addEstimate(section) {
  if (!hasEstimates) return;
  const far = largestBy(rows, ({estimate}) => Math.abs(Math.log(estimate.over_step)));
  addMeasure(section, {
    title: "Estimate over the simulated step", of: ({estimate}) => estimate.over_step, text: format.ratio, cell: cells.ratio, isRatio: true,
    summary: `Multiply-accumulates at ${format.percent(report.estimated_utilisation)} of the peak, plus each accelerator's share of the ` +
             `traffic over all its links. Furthest: ${nameOf(far)}, ${format.ratio(far.estimate.over_step)}.`,
  });
}

function addTraffic(section) {
  const [least, most] = [smallestBy, largestBy].map((pick) => pick(rows, (row) => row.traffic_bytes));
  addMeasure(section, {
    title: "Traffic", of: (row) => row.traffic_bytes, text: format.bytes, cell: cells.bytes, isRatio: false,
    summary: `Payload that all accelerators send in a step: from ${format.bytes(least.traffic_bytes)} (${nameOf(least)}) to ` +
             `${format.bytes(most.traffic_bytes)} (${nameOf(most)}).`,
  });
}

/// Energy times the length of the step, which falls only where saving one is worth what it costs of the other.
function addEnergyDelay(section) {
  if (!rows.every(({energy_delay_product: product}) => isThere(product))) return;
  const least = smallestBy(rows, (row) => row.energy_delay_product);
  addMeasure(section, {
    title: "Energy-delay product", of: (row) => row.energy_delay_product, text: format.jouleSeconds, cell: cells.jouleSeconds, isRatio: false,
    summary: `A step's energy times its time. Least: ${nameOf(least)}, ${format.jouleSeconds(least.energy_delay_product)}.`,
  });
}

function addEnergySplit(section) {
  const frugal = smallestBy(rows, (row) => row.energy_joules);
  const withSpokenKeys = (object, of) => Object.fromEntries(Object.entries(object).map(([name, value]) => [spoken(name), of(name, value)]));
  addSplit(section, {
    title: "Energy by component",
    summary: `Least: ${nameOf(frugal)}, ${format.joules(frugal.energy_joules)}.`,
    totalOf: (row) => row.energy_joules,
    partsOf: (row) => withSpokenKeys(row.energy_components, (_, joules) => joules),
    looks: withSpokenKeys(rows[0].energy_components, (name) => componentLooks[name] ?? otherLook),
    text: format.joules, cell: cells.joules,
  });
}

function addBars() {
  const against = pairIn(addSection("baseline", "Against the baseline"));
  addRatio(against, "Speedup", "speedup", "The baseline's time over each run's.");
  addRatio(against, "Energy efficiency", "energy_efficiency", "The baseline's energy over each run's.");
  const step = pairIn(addSection("step", "Step and traffic"));
  addStepSplit(step);
  addTraffic(step);
  addEstimate(step);
  const energy = addSection("energy", "Energy");
  addEnergySplit(energy);
  addEnergyDelay(energy);
}

/// Of what a run communicates; older reports have none.
const boundCell = ({communication_bound_seconds: bound}) => (isThere(bound) ? cells.seconds(bound) : null);

const energyDelayCell = ({energy_delay_product: product}) => (isThere(product) ? cells.jouleSeconds(product) : null);

const estimateCells = ({estimate}) => [cells.seconds(estimate.seconds), cells.ratio(estimate.over_step)];

function addRuns() {
  const details = tableBehind("Runs", () => ({
    head: ["run", "cycles", "step", "compute", "exchange", "bound", "traffic", "energy", "perf.", "eff.", "EDP",
           ...(hasEstimates ? ["estimate", "est./step"] : [])],
    rows: rows.map((row) => [
      nameOf(row), cells.count(row.cycles), cells.seconds(row.seconds), cells.seconds(row.compute_seconds),
      cells.seconds(row.communication_seconds), boundCell(row), cells.bytes(row.traffic_bytes), cells.joules(row.energy_joules),
      cells.ratio(row.speedup), cells.ratio(row.energy_efficiency), energyDelayCell(row),
      ...(hasEstimates ? estimateCells(row) : []),
    ]),
  }));
  details.open = isFew;
  addSection("runs", "All runs", "perf.: performance (speedup), eff.: energy efficiency, EDP: energy times time; bound: what the " +
             "exchange could not take less than.").append(details);
}

addComparisonHeader();
if (rows.length > 0) {
  addBars();
  addDifference();
  addRuns();
}
addFooter(`Drawn from report.json. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
