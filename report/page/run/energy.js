// Energy by component, and by layer and phase.
"use strict";

/// What stacked bars of the layers are cut into: {label, parts(phases of a layer) -> {name: joules}, looks}. Older reports
/// have no components of phases.
function energySplits() {
  const sumOf = (amounts) => {
    const sums = {};
    for (const [name, joules] of amounts) sums[name] = (sums[name] ?? 0) + joules;
    return sums;
  };
  const looksOf = (names, lookOf) => Object.fromEntries(names.map((name) => [spoken(name), lookOf(name)]));
  const byPhase = {
    label: "phase", looks: looksOf(phaseNames, (phase) => ({colour: (theme) => phaseColours(theme)[phase]})),
    parts: (phases) => Object.fromEntries(phaseNames.map((phase) => [phase, phases[phase].energy_joules])),
  };
  if (report.layers.some(({phases}) => phaseNames.some((phase) => phases[phase].energy_components === undefined))) return {phase: byPhase};
  const components = Object.keys(report.energy_joules).filter((name) => name !== "total");
  const byComponent = {
    label: "component", looks: looksOf(components, (name) => componentLooks[name] ?? otherLook),
    parts: (phases) => sumOf(phaseNames.flatMap((phase) =>
      Object.entries(phases[phase].energy_components).map(([name, joules]) => [spoken(name), joules]))),
  };
  return {component: byComponent, phase: byPhase};
}

/// Every layer and phase, and what is left of the step where no accelerator that ends last is at work.
function joulesTable() {
  const components = Object.entries(report.energy_joules).filter(([name, joules]) => name !== "total" && joules > 0).map(([name]) => name);
  const ofPhases = report.layers.flatMap(({name, phases}) => phaseNames
    .filter((phase) => phases[phase].energy_joules > 0)
    .map((phase) => [`${name} ${phase}`, phases[phase].energy_joules, phases[phase].energy_components ?? {}]));
  const leftOf = (all, of) => all - ofPhases.reduce((sum, phase) => sum + of(phase), 0);
  const left = leftOf(report.energy_joules.total, ([, joules]) => joules);
  const idle = () => ["idle", left, Object.fromEntries(components.map((component) =>
    [component, Math.max(0, leftOf(report.energy_joules[component], ([, , parts]) => parts[component] ?? 0))]))];
  const rows = [...ofPhases, ...(left > 1e-9 * report.energy_joules.total ? [idle()] : []),
                ["total", report.energy_joules.total, report.energy_joules]];
  return {
    head: ["layer and phase", "joules", ...components.map(spoken)],
    rows: rows.map(([name, joules, parts]) => [name, cells.joules(joules), ...components.map((component) => cells.joules(parts[component] ?? 0))]),
  };
}

function addWhereJoulesGo(section) {
  const splits = energySplits();
  let split = Object.values(splits)[0];
  const most = activePhases.length === 0 ? undefined : largestBy(activePhases, ({energy_joules: joules}) => joules);
  const chart = addChart(section, {
    title: "Where the joules go",
    summary: most === undefined ? "" : `By layer. Most: ${most.layer} ${most.phase}, ${format.joules(most.energy_joules)}, ` +
             `${format.percent(most.energy_joules / report.energy_joules.total)} of all.`,
    controls: [choice("by", Object.fromEntries(Object.entries(splits).map(([key, {label}]) => [key, label])), (chosen) => {
      split = splits[chosen];
      chart.draw();
    })],
    height: (narrow) => (narrow ? 340 : 380),
    option: (view) => {
      const parts = Object.keys(split.looks).map((name) => ({name, values: report.layers.map(({phases}) => split.parts(phases)[name] ?? 0)}));
      return barsOfLayers(view, parts.filter(({values}) => values.some((value) => value > 0)), split.looks, format.joules, "all");
    },
    table: joulesTable,
  });
}

function addEnergy() {
  const {total, ...components} = report.energy_joules;
  const entries = Object.entries(components).filter(([, joules]) => joules > 0).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return;
  const section = addSection("energy", "Energy");
  addChart(section, {
    title: "By component",
    summary: `${spoken(entries[0][0])} takes ${format.percent(entries[0][1] / total)} of ${format.joules(total)}.`,
    height: () => 40 + 34 * entries.length,
    option: ({theme, narrow}) => ({
      grid: {left: 8, right: narrow ? 90 : 120, top: 8, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
      tooltip: tooltip(theme, {formatter: ({name, value}) => `${escaped(name)}: ${format.joules(value)}`}),
      xAxis: axis(theme, {type: "value", axisLabel: {formatter: format.joules}}),
      yAxis: axis(theme, {type: "category", inverse: true, data: entries.map(([name]) => spoken(name)), splitLine: {show: false}}),
      series: [{
        type: "bar", data: entries.map(([, joules]) => joules), barMaxWidth: 22, itemStyle: {color: theme.blue},
        label: {
          show: true, position: "right", color: theme.text, fontSize: 11,
          formatter: ({value}) => `${format.joules(value)}, ${format.percent(value / total)}`,
        },
      }],
    }),
    table: () => ({
      head: ["energy", "joules", "share"],
      rows: [...Object.entries(components), ["total", total]].map(([name, joules]) =>
        [spoken(name), cells.joules(joules), cells.percent(total === 0 ? 0 : joules / total)]),
    }),
  });
  addWhereJoulesGo(section);
}
