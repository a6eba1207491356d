// Time by layer and phase, and by what it goes to.
"use strict";

const hasVectorUnits = report.hardware?.vector_lanes !== undefined;
const unitCauses = ["multiply", "fill", "delivery", "buffer", "drain", "waiting", ...(hasVectorUnits ? ["vector"] : [])];
const exchangeCauses = ["bandwidth", "contention", "port", "memory", "dma", "latency"];

/// What the time of layers is split into: {name: {seconds(phase), colour(theme), pattern}}.
const timeSplits = {
  phase: Object.fromEntries(phaseNames.flatMap((phase) => [
    [phase, {
      seconds: (part) => (part.phase === phase ? part.compute_seconds : 0),
      colour: (theme) => phaseColours(theme)[phase],
    }],
    [`${phase} exchange`, {
      seconds: (part) => (part.phase === phase ? secondsOf(part.communication_cycles) : 0),
      colour: (theme) => phaseColours(theme)[phase],
      pattern: "lines",
    }],
  ])),
  cause: {
    ...Object.fromEntries(unitCauses.map((cause, index) => [cause, {
      seconds: ({unit_cycles: unit, compute_seconds: seconds}) => (unit === null || unit.total === 0 ? 0 : (seconds * unit[cause]) / unit.total),
      colour: (theme) => [theme.blue, theme.sky, theme.green, theme.yellow, theme.purple, theme.grey, theme.orange][index],
      pattern: cause === "multiply" ? null : "dots",
    }])),
    ...Object.fromEntries(exchangeCauses.map((cause, index) => [`exchange: ${cause}`, {
      seconds: ({exchange}) => secondsOf(exchange[`${cause}_cycles`] ?? 0),
      colour: (theme) => [theme.red, theme.orange, theme.purple, theme.blue, theme.sky, theme.grey][index],
      pattern: "lines",
    }])),
  },
};

const causesExplained =
    "Of the processing units, on average: multiply; fill, delivery and drain, the networks of the array; buffer, its " +
    "banks; waiting, no tile to compute. " +
    (hasVectorUnits ? "Vector units, which count among them: vector, their lanes are at work. " : "") +
    "Of exchanges: what the slowest link needs, what links wait for each other, " +
    "what local ports, memory and requests in flight take beyond, and all else.";

/// Seconds of each layer, by the parts of a split, over the chosen phase or all.
function splitByLayer(split, phase) {
  return Object.entries(timeSplits[split]).map(([name, {seconds}]) => ({
    name,
    values: report.layers.map(({name: layer}) => activePhases
        .filter((part) => part.layer === layer && (phase === "all" || part.phase === phase))
        .reduce((sum, part) => sum + seconds(part), 0)),
  })).filter(({values}) => values.some((value) => value > 0));
}

/// Bars of each layer, by parts: on top of each other in one `stack`, or beside each other without one.
function barsOfLayers({theme, narrow}, parts, styles, text, stack) {
  const names = parts.map(({name}) => name);
  const perRow = narrow ? 2 : 6;
  const rows = Math.ceil(names.length / perRow);
  return {
    legend: legend(theme, {data: names, type: narrow ? "scroll" : "plain"}),
    grid: {left: 8, right: 8, bottom: 8, top: narrow ? 36 : 22 + 24 * rows, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
    tooltip: barTooltip(theme, (points) => seriesLines(points[0].name, points.filter(({value}) => value > 0), text)),
    xAxis: axis(theme, {
      type: "category", data: layerNames,
      axisLabel: {
        width: 110, overflow: "truncate",
        rotate: layerNames.length > (narrow ? 3 : 10) ? 60 : 0, interval: narrow ? "auto" : 0, hideOverlap: true,
      },
    }),
    yAxis: axis(theme, {type: "value", axisLabel: {formatter: text}}),
    series: parts.map(({name, values}) => ({
      type: "bar", name, stack, data: values, barMaxWidth: 40,
      itemStyle: {
        color: styles[name].colour(theme),
        borderColor: theme.card, borderWidth: 0.5,
        ...(styles[name].pattern ? {decal: decal(theme, styles[name].pattern)} : {}),
      },
    })),
  };
}

function timeSummary() {
  if (activePhases.length === 0) return "Nothing was run.";
  const {layer, phase, cycles, communication_cycles: exchange} = largestBy(activePhases, (part) => part.cycles);
  return `The longest: ${layer} ${phase}, ${format.seconds(secondsOf(cycles))}` +
         (exchange === 0 ? "." : `, of which ${format.seconds(secondsOf(exchange))} are exchange.`) +
         (report.links.length === 0 ? "" : " Exchanges are hatched.");
}

/// Of the elements of processing units, and of the lanes of vector units, by the names that texts have.
const utilisations = ["util", ...(hasVectorUnits ? ["vector"] : [])];
const utilisationCells = (part) =>
  [cells.percent(part.utilisation), ...(hasVectorUnits ? [cells.percent(part.vector_utilisation)] : [])];

function timeTable() {
  return {
    head: ["layer", "phase", "cycles", "compute", "bound", report.overlap === undefined ? "exchange" : "exposed",
           ...unitCauses, ...exchangeCauses, ...utilisations, "PEs", "macs", "dram", "sent", "energy"],
    rows: activePhases.map((part) => [
      part.layer, part.phase, cells.count(part.cycles), cells.seconds(part.compute_seconds),
      part.mapping?.bound ?? null, cells.seconds(secondsOf(part.communication_cycles)),
      ...unitCauses.map((cause) => cells.seconds(timeSplits.cause[cause].seconds(part))),
      ...exchangeCauses.map((cause) => cells.seconds(timeSplits.cause[`exchange: ${cause}`].seconds(part))),
      ...utilisationCells(part), cells.count(part.active_pes), cells.count(part.macs), cells.bytes(part.dram_bytes),
      cells.bytes(part.sent_bytes), cells.joules(part.energy_joules),
    ]),
  };
}

function addTime() {
  const section = addSection("time", "Time by layer and phase");
  const state = {split: "phase", phase: "all"};
  const causes = element("p", {class: "muted", hidden: ""}, causesExplained);
  const chart = addChart(section, {
    title: "Time of each layer",
    summary: timeSummary(),
    controls: [
      choice("split by", {phase: "phase", cause: "cause"}, (chosen) => {
        state.split = chosen;
        causes.hidden = chosen !== "cause";
        chart.draw();
      }),
      choice("phase", {all: "all", ...Object.fromEntries(phaseNames.map((name) => [name, name]))}, (chosen) => {
        state.phase = chosen;
        chart.draw();
      }),
    ],
    height: (narrow) => (narrow ? 360 : 400),
    option: (view) => barsOfLayers(view, splitByLayer(state.split, state.phase), timeSplits[state.split], format.seconds, "all"),
    table: timeTable,
  });
  section.append(causes);
  addUtilisation(section);
}

/// What part of all multiply-accumulates that the array could do in the time of each phase it does.
function addUtilisation(section) {
  const phases = activePhases.filter(({macs, phase, compute_seconds: seconds}) => macs > 0 && seconds > 0 && phase !== "update");
  if (phases.length === 0) return;
  const present = phaseNames.filter((name) => phases.some(({phase}) => phase === name));
  const parts = present.map((name) => ({
    name,
    values: layerNames.map((layer) => phases.find((part) => part.layer === layer && part.phase === name)?.utilisation ?? null),
  }));
  const styles = Object.fromEntries(present.map((name) => [name, {colour: (theme) => phaseColours(theme)[name]}]));
  const least = smallestBy(phases, ({utilisation}) => utilisation);
  addChart(section, {
    title: "Utilisation of each layer",
    summary: "Multiply-accumulates over what all processing elements could do in the time that a phase is computed. " +
             `Least: ${least.layer} ${least.phase}, ${format.percent(least.utilisation)}.`,
    height: (narrow) => (narrow ? 300 : 320),
    option: (view) => barsOfLayers(view, parts, styles, format.percent),
    table: () => ({
      head: ["layer", "phase", "bound", ...utilisations, "PEs", "macs", "compute"],
      rows: phases.map((part) => [
        part.layer, part.phase, part.mapping?.bound ?? null, ...utilisationCells(part), cells.count(part.active_pes),
        cells.count(part.macs), cells.seconds(part.compute_seconds),
      ]),
    }),
  });
}
