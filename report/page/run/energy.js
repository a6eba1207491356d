// Energy by component, and by layer and phase.
"use strict";

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
      head: ["component", "energy", "share"],
      rows: [...Object.entries(components), ["total", total]].map(([name, joules]) =>
        [spoken(name), cells.joules(joules), cells.percent(total === 0 ? 0 : joules / total)]),
    }),
  });
  addChart(section, {
    title: "By layer and phase",
    summary: "All components together.",
    height: (narrow) => (narrow ? 340 : 360),
    option: (view) => {
      const styles = Object.fromEntries(phaseNames.map((phase) => [phase, {colour: (theme) => phaseColours(theme)[phase]}]));
      const parts = phaseNames.map((phase) => ({name: phase, values: report.layers.map(({phases}) => phases[phase].energy_joules)}));
      return stackedBars(view, parts.filter(({values}) => values.some((value) => value > 0)), styles, format.joules);
    },
    table: () => ({
      head: ["layer", ...phaseNames],
      rows: report.layers.map(({name, phases}) => [name, ...phaseNames.map((phase) => cells.joules(phases[phase].energy_joules))]),
    }),
  });
}
