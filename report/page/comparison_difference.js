// What explains the difference of two runs: by layers, phases and causes, or by components of the energy.
"use strict";

const picoseconds = (row, cycles) => cycles * row.clock_picoseconds;

/// All that a step's time is made of: [{layer, phase, isExchange, cause, amount}], in picoseconds. Idle time has no
/// phase; older reports have none.
function timeParts(row) {
  const idle = Math.round((row.idle_seconds ?? 0) * 1e12);
  const ofLayers = row.layers.flatMap(({name, phases}) => Object.entries(phases).flatMap(([phase, counts]) =>
    Object.entries(counts).map(([key, cycles]) => {
      const cause = key.replace("_cycles", "");
      return {layer: name, phase, isExchange: cause !== "compute", cause, amount: picoseconds(row, cycles)};
    })));
  return idle === 0 ? ofLayers : [...ofLayers, {layer: "idle", phase: null, isExchange: false, cause: "idle", amount: idle}];
}

const kindOf = ({phase, isExchange}) => (phase === null ? "idle time" : isExchange ? "communication" : "compute");

/// What a difference is split by: {label, ofParts(row) -> [{name, amount}]}; amounts in picoseconds or joules.
const partNames = {
  part: ({layer, phase, isExchange}) => (phase === null ? layer : `${layer} ${phase}${isExchange ? " exchange" : ""}`),
  layer: ({layer}) => layer,
  phase: ({phase, isExchange}) => `${phase ?? "idle"}${isExchange ? " exchange" : ""}`,
  cause: ({isExchange, cause}) => (isExchange ? `exchange: ${cause}` : cause),
};

const quantities = {
  time: {
    of: (row) => picoseconds(row, row.cycles),
    parts: (row, split) => timeParts(row).map((part) => ({name: partNames[split](part), amount: part.amount})),
    number: (amount) => amount / 1e12,
    text: (amount) => format.seconds(amount / 1e12),
  },
  energy: {
    of: (row) => row.energy_joules,
    parts: (row) => Object.entries(row.energy_components)
        .map(([component, joules]) => ({name: spoken(component), amount: joules})),
    number: (amount) => amount,
    text: format.joules,
  },
};

/// The parts of two runs by name: [{name, from, to, difference}], the largest difference first.
function differences(from, to, partsOf) {
  const parts = new Map();
  for (const [side, row] of [["from", from], ["to", to]]) {
    for (const {name, amount} of partsOf(row)) {
      const part = parts.get(name) ?? {name, from: 0, to: 0};
      part[side] += amount;
      parts.set(name, part);
    }
  }
  return [...parts.values()].map((part) => ({...part, difference: part.to - part.from}))
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

const moreOrLess = (text, amount) => `${text(Math.abs(amount))} ${amount < 0 ? "less" : "more"}`;

/// "5.35 times as fast as data: 4.55 s less; 100 % of it communication; fc1's gradient exchange alone 3.10 s"
function timeInWords(from, to) {
  const {of, parts, text} = quantities.time;
  const [before, after] = [of(from), of(to)];
  const difference = after - before;
  const [name, other] = [nameOf(to), nameOf(from)];
  if (difference === 0) return `${name} and ${other} take the same time.`;
  const ratio = difference < 0 ? before / after : after / before;
  const relation = difference < 0 ? `is ${format.ratio(ratio)} times as fast as` : `takes ${format.ratio(ratio)} times as long as`;
  const kinds = differences(from, to, (row) => timeParts(row)
      .map((part) => ({name: kindOf(part), amount: part.amount})));
  const isOneWay = kinds.every((kind) => kind.difference === 0 || (kind.difference < 0) === (difference < 0));
  const split = isOneWay ? `${Math.round((100 * kinds[0].difference) / difference)} % of it ${kinds[0].name}`
      : kinds.map((kind) => `${kind.name} ${moreOrLess(text, kind.difference)}`).join(", ");
  const [most] = differences(from, to, (row) => parts(row, "part"));
  return `${name} ${relation} ${other}: ${moreOrLess(text, difference)}; ${split}; ${most.name} alone ${moreOrLess(text, most.difference)}.`;
}

function energyInWords(from, to) {
  const {of, parts, text} = quantities.energy;
  const [before, after] = [of(from), of(to)];
  if (before === after) return `${nameOf(to)} and ${nameOf(from)} take the same energy.`;
  const [most] = differences(from, to, parts);
  const share = before === 0 || Math.abs(after / before - 1) < 0.0005 ? "" : ` (${format.signedPercent(after / before - 1)})`;
  return `Its energy is ${moreOrLess(text, after - before)}${share}; ${most.name} alone ${moreOrLess(text, most.difference)}.`;
}

/// A waterfall's bars: the first run, its parts' differences, the largest first, those of little weight in one, and
/// the second run. Each has `low` and `high` ends.
function waterfall(from, to, parts, total, most) {
  const changed = parts.filter(({difference}) => difference !== 0);
  const visible = 0.005 * Math.max(Math.abs(total(to) - total(from)), ...changed.map(({difference}) => Math.abs(difference)));
  const shown = changed.filter(({difference}) => Math.abs(difference) >= visible).slice(0, most);
  const rest = changed.slice(shown.length);
  const steps = shown.map(({name, difference}) => ({name, difference}));
  if (rest.length > 0) {
    steps.push({name: `${rest.length} other part${rest.length === 1 ? "" : "s"}`, difference: rest.reduce((sum, {difference}) => sum + difference, 0)});
  }
  let level = total(from);
  const bars = steps.map(({name, difference}) => {
    const bar = {name, difference, low: Math.min(level, level + difference), high: Math.max(level, level + difference)};
    level += difference;
    return bar;
  });
  return [{name: nameOf(from), total: total(from), low: 0, high: total(from)}, ...bars,
          {name: nameOf(to), total: total(to), low: 0, high: total(to)}];
}

/// Where little changes the axis is cut, so that it can be seen.
function lowEnd(bars) {
  const lowest = Math.min(...bars.map(({low, total, high}) => (total === undefined ? low : high)));
  const highest = Math.max(...bars.map(({high}) => high));
  return lowest > 0.6 * highest ? Math.max(0, lowest - 0.4 * (highest - lowest)) : 0;
}

const differenceLooks = {
  total: {colour: (theme) => theme.grey},
  less: {colour: (theme) => theme.blue},
  more: {colour: (theme) => theme.red, pattern: "lines"},
};

/// Steps of a waterfall on a narrow page and on a wide one.
const mostSteps = (narrow) => (narrow ? 10 : 14);

/// The parts that the chosen quantity of the two runs differs by: {from, to, quantity, split}.
const chosenDifferences = ({from, to, quantity, split}) =>
  differences(from, to, (row) => quantities[quantity].parts(row, split));

const chosenWaterfall = (state, narrow) =>
  waterfall(state.from, state.to, chosenDifferences(state), quantities[state.quantity].of, mostSteps(narrow));

function differenceSummary(state) {
  return `From ${nameOf(state.from)} to ${nameOf(state.to)}, the largest part first; blue bars take away, hatched ones add.` +
         (lowEnd(chosenWaterfall(state, false)) > 0 ? " The axis does not begin at 0." : "");
}

function differenceOption({theme, narrow, width}, state) {
  const {text} = quantities[state.quantity];
  const bars = chosenWaterfall(state, narrow);
  const low = lowEnd(bars);
  const kindOf = ({total, difference}) => (total !== undefined ? "total" : difference < 0 ? "less" : "more");
  const valueOf = ({dataIndex}) => {
    const {total, difference} = bars[dataIndex];
    return total !== undefined ? text(total) : `${difference < 0 ? "\u2212" : "+"}${text(Math.abs(difference))}`;
  };
  const shownName = (name) => (narrow ? shortened(name.replace(/ exchange$/, " exch."), 22, 15)
                                      : shortened(name, width < 700 ? 30 : 48, 20));
  return {
    grid: {left: 8, right: narrow ? 70 : 90, top: 8, bottom: 8, containLabel: true},
    tooltip: tooltip(theme, {formatter: (bar) => `${escaped(bars[bar.dataIndex].name)}: ${valueOf(bar)}`}),
    xAxis: axis(theme, {type: "value", min: low, max: Math.max(...bars.map(({high}) => high)) || null,
                        axisLabel: {formatter: text, showMinLabel: low === 0, showMaxLabel: false}}),
    yAxis: lyingNames(theme, bars.map(({name}) => name), shownName),
    series: [
      {type: "bar", stack: "all", silent: true, itemStyle: {color: "transparent"}, data: bars.map((bar) => bar.low)},
      {type: "bar", stack: "all", barMaxWidth: 20,
       data: bars.map((bar) => ({value: bar.high - bar.low, itemStyle: barStyle(theme, differenceLooks[kindOf(bar)])})),
       label: {show: true, position: "right", color: theme.text, fontSize: 11, formatter: valueOf}},
    ],
  };
}

function differenceTable(state) {
  const {number, text, of} = quantities[state.quantity];
  const amount = (value) => ({text: text(value), value: number(value)});
  const all = {name: "all", from: of(state.from), to: of(state.to), difference: of(state.to) - of(state.from)};
  return {
    head: ["part", nameOf(state.from), nameOf(state.to), "difference", "of it"],
    rows: [...chosenDifferences(state), all].map(({name, from, to, difference}) => [
      name, amount(from), amount(to), amount(difference), all.difference === 0 ? null : cells.percent(difference / all.difference),
    ]),
  };
}

/// The choices of the two runs; with another run its baseline is chosen.
function runChoices(state, show) {
  const options = Object.fromEntries(rows.map((row, index) => [index, nameOf(row)]));
  const against = choice("against", options, (index) => {
    state.from = rows[index];
    show();
  }, rows.indexOf(state.from));
  const run = choice("run", options, (index) => {
    state.to = rows[index];
    state.from = rows[state.to.baseline];
    against.querySelector("select").value = state.to.baseline;
    show();
  }, rows.indexOf(state.to));
  return [run, against];
}

/// The choices of what the difference is of and split by; an energy has one split alone.
function partChoices(state, show) {
  const split = choice("by", {part: "layer and phase", layer: "layer", phase: "phase", cause: "cause"}, (chosen) => {
    state.split = chosen;
    show();
  });
  const quantity = choice("of", {time: "time", energy: "energy"}, (chosen) => {
    state.quantity = chosen;
    split.hidden = chosen === "energy";
    show();
  });
  return [quantity, split];
}

/// The fastest run that is no baseline, and its baseline.
function fastestPair() {
  const others = rows.filter((row) => row !== rows[row.baseline]);
  const to = largestBy(others.length > 0 ? others : rows.slice(1), ({speedup}) => speedup);
  return {to, from: rows[to.baseline] === to ? rows[0] : rows[to.baseline]};
}

function addDifference() {
  if (rows.length < 2) return;
  const state = {...fastestPair(), quantity: "time", split: "part"};
  const section = addSection("difference", "What explains the difference");
  const words = element("p", {id: "explanation", "aria-live": "polite"});
  const plans = element("div", {});
  const show = () => {
    words.textContent = state.from === state.to ? "The same run twice: choose another one."
        : `${timeInWords(state.from, state.to)} ${energyInWords(state.from, state.to)}`;
    chart.renew(differenceSummary(state));
    plans.replaceChildren(...plansOf(state.from, state.to));
  };
  section.append(element("div", {class: "controls"}, runChoices(state, show)), words);
  const chart = addChart(section, {
    title: "From one run to the other",
    summary: differenceSummary(state),
    controls: partChoices(state, show),
    height: (narrow) => 50 + (narrow ? 28 : 30) * chosenWaterfall(state, narrow).length,
    option: (view) => differenceOption(view, state),
    table: () => differenceTable(state),
  });
  section.append(plans);
  show();
}

/// The plans of two runs side by side; where they are of the same layers and levels, cells that differ are marked.
function plansOf(from, to) {
  if (from.plan.length === 0 && to.plan.length === 0) return [];
  const names = (row) => row.layers.map(({name}) => name);
  const areAlike = from.plan.length === to.plan.length && names(from).join("\n") === names(to).join("\n");
  const apart = areAlike ? to.plan.reduce((sum, level, at) => sum + [...level].filter((bit, layer) => bit !== from.plan[at][layer]).length, 0) : null;
  const said = apart === null ? "Their layers or levels are not the same."
      : apart === 0 ? "They are the same." : `${apart} of ${to.plan.join("").length} cells differ, marked \u2260.`;
  const gridOf = (row, other) => element("div", {}, element("h3", {}, nameOf(row)), planGrid(row.plan, names(row), areAlike ? other.plan : row.plan));
  return [element("h3", {}, "Plans"), element("p", {class: "muted"}, said),
          element("div", {class: "plans"}, gridOf(from, to), gridOf(to, from))];
}
