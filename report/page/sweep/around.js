// Around an experiment: which numbers of its array matter.
"use strict";

const mostRanked = 25;
const leastInfluence = 0.0005;

/// The elasticity of a figure as a number is halved or doubled; null where that is no experiment, or nothing to divide.
const elasticity = ({changes}, isLarger, figure) => changes.find(({is_larger: larger}) => larger === isLarger)?.[figure] ?? null;
const strongest = (number, figure) => number.changes.reduce((most, change) => (Math.abs(change[figure]) > Math.abs(most) ? change[figure] : most), 0);
const signed = (value) => `${value < 0 ? "" : "+"}${value.toFixed(3)}`;

const nameOfNumber = ({key}) => key.replace(/^array\./, "");
const isInfluential = (value) => Math.abs(value) >= leastInfluence;

const influences = [
  {name: "step time", figure: "seconds", look: {colour: (theme) => theme.blue}},
  {name: "energy", figure: "joules", look: {colour: (theme) => theme.orange, pattern: "lines"}},
];

function aroundSummary(ranked, matter, drawn) {
  return `By how many per cent the figure changes with one per cent of the number, the stronger of halved and doubled: -1 if twice the number ` +
         `halves the figure. ${many(matter.length, "number")} of ${ranked.length} with an influence` +
         `${matter.length > drawn.length ? `, the first ${drawn.length} drawn` : ""}. Most: ${nameOfNumber(matter[0])}, ` +
         `${signed(strongest(matter[0], "seconds"))} on the step's time.`;
}

function aroundSeries(theme, drawn, {name, figure, look}) {
  const label = {position: "right", color: theme.text, fontSize: 10, distance: 3, formatter: ({value}) => signed(value)};
  return {
    type: "bar", name, barMaxWidth: 11, barGap: "10%", itemStyle: barStyle(theme, look),
    data: drawn.map((number) => strongest(number, figure))
        .map((value) => ({value, label: {...label, show: isInfluential(value)}})),
  };
}

function aroundOption({theme, narrow}, drawn) {
  const lineOf = (number, {name, figure}) => `${name}: ${signed(strongest(number, figure))}`;
  return {
    legend: legend(theme, {data: influences.map(({name}) => name), type: "plain"}),
    grid: {left: 8, right: 40, top: 34, bottom: 8, containLabel: true},
    tooltip: barTooltip(theme, ([{dataIndex}]) =>
      tooltipLines(nameOfNumber(drawn[dataIndex]), ...influences.map((each) => lineOf(drawn[dataIndex], each)))),
    xAxis: axis(theme, {type: "value", axisLabel: {formatter: plainNumber}}),
    yAxis: lyingNames(theme, drawn.map(nameOfNumber), (name) => shortened(name, narrow ? 20 : 44), {axisLine: {onZero: false}}),
    series: influences.map((each) => aroundSeries(theme, drawn, each)),
  };
}

function aroundTable(ranked) {
  const cellOf = (value) => (value === null ? "-" : {text: signed(value), value});
  return {
    head: ["number", ...influences.flatMap(({name}) => [`${name}, halved`, `${name}, doubled`])],
    rows: ranked.map((number) => [
      nameOfNumber(number),
      ...influences.flatMap(({figure}) => [false, true].map((isLarger) => cellOf(elasticity(number, isLarger, figure)))),
    ]),
  };
}

function addAround() {
  const ranked = report.around.filter(({changes}) => changes.length > 0);
  const matter = ranked.filter((number) => influences.some(({figure}) => isInfluential(strongest(number, figure))));
  const section = addSection("around", "What the result depends on");
  if (matter.length === 0) {
    section.append(element("p", {}, ranked.length === 0 ? "The experiment itself has no result." : "No number of the array changes the result."));
    return;
  }
  const drawn = matter.slice(0, mostRanked);
  addChart(section, {
    title: "Elasticities",
    summary: aroundSummary(ranked, matter, drawn),
    height: (narrow) => 60 + drawn.length * (narrow ? 36 : 32),
    option: (view) => aroundOption(view, drawn),
    table: () => aroundTable(ranked),
  });
}
