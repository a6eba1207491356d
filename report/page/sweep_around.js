// Around an experiment: which numbers of its array matter.
"use strict";

const mostRanked = 25;
const leastInfluence = 0.0005;

/// The elasticity of a figure as a number is halved or doubled; null where that is no experiment, or nothing to divide.
const elasticity = ({changes}, isLarger, figure) => changes.find(({is_larger: larger}) => larger === isLarger)?.[figure] ?? null;
const strongest = (number, figure) => number.changes.reduce((most, change) => (Math.abs(change[figure]) > Math.abs(most) ? change[figure] : most), 0);
const signed = (value) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;

function addAround() {
  const ranked = report.around.filter(({changes}) => changes.length > 0);
  const nameOf = ({key}) => key.replace(/^array\./, "");
  const matter = ranked.filter((number) => ["seconds", "joules"].some((figure) => Math.abs(strongest(number, figure)) >= leastInfluence));
  const section = addSection("around", "What the result depends on");
  if (matter.length === 0) {
    section.append(element("p", {}, ranked.length === 0 ? "The experiment itself has no result." : "No number of the array changes the result."));
    return;
  }
  const drawn = matter.slice(0, mostRanked);
  const series = [
    {name: "step time", figure: "seconds", look: {colour: (theme) => theme.blue}},
    {name: "energy", figure: "joules", look: {colour: (theme) => theme.orange, pattern: "lines"}},
  ];
  addChart(section, {
    title: "Elasticities",
    summary: `By how many per cent the figure changes with one per cent of the number, the stronger of halved and doubled: -1 if twice the number ` +
             `halves the figure. ${many(matter.length, "number")} of ${ranked.length} with an influence` +
             `${matter.length > drawn.length ? `, the first ${drawn.length} drawn` : ""}. Most: ${nameOf(matter[0])}, ${signed(strongest(matter[0], "seconds"))} on the step's time.`,
    height: (narrow) => 60 + drawn.length * (narrow ? 36 : 32),
    option: ({theme, narrow}) => ({
      legend: legend(theme, {data: series.map(({name}) => name), type: "plain"}),
      grid: {left: 8, right: 40, top: 34, bottom: 8, containLabel: true},
      tooltip: {
        ...commonOption(theme).tooltip, trigger: "axis", axisPointer: {type: "shadow"},
        formatter: ([{dataIndex}]) => tooltipLines(nameOf(drawn[dataIndex]), ...series.map(({name, figure}) => `${name}: ${signed(strongest(drawn[dataIndex], figure))}`)),
      },
      xAxis: axis(theme, {type: "value", axisLabel: {formatter: plainNumber}}),
      yAxis: axis(theme, {
        type: "category", inverse: true, data: drawn.map(nameOf), splitLine: {show: false}, axisLine: {onZero: false},
        axisLabel: {interval: 0, hideOverlap: false, color: theme.text, formatter: (name) => shortened(name, narrow ? 20 : 44)},
      }),
      series: series.map(({name, figure, look}) => ({
        type: "bar", name, barMaxWidth: 11, barGap: "10%", itemStyle: barStyle(theme, look),
        data: drawn.map((number) => ({
          value: strongest(number, figure),
          label: {
            show: Math.abs(strongest(number, figure)) >= leastInfluence, position: "right", color: theme.text, fontSize: 10, distance: 3, formatter: ({value}) => signed(value),
          },
        })),
      })),
    }),
    table: () => ({
      head: ["number", "step time, halved", "step time, doubled", "energy, halved", "energy, doubled"],
      rows: ranked.map((number) => [
        nameOf(number), ...["seconds", "joules"].flatMap((figure) => [false, true].map((isLarger) => {
          const value = elasticity(number, isLarger, figure);
          return value === null ? "-" : {text: signed(value), value};
        })),
      ]),
    }),
  });
}
