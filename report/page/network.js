// The page of `hypar show`: a network as a graph, and what each of its layers trains, computes and keeps.
"use strict";

const {operators} = report;

const groups = [
  {name: "weights", colour: (theme) => theme.blue, kinds: ["conv", "fc", "conv-transposed", "embedding", "position"]},
  {name: "products", colour: (theme) => theme.purple, kinds: ["product"]},
  {name: "norms, softmax", colour: (theme) => theme.green,
   kinds: ["batch-norm", "layer-norm", "rms-norm", "response-norm", "softmax", "loss"]},
  {name: "poolings", colour: (theme) => theme.orange, kinds: ["pool"]},
  {name: "sums, slices", colour: (theme) => theme.red, kinds: ["add", "multiply", "slice"]},
  {name: "activations", colour: (theme) => theme.grey, kinds: []},
];
const groupOf = ({kind}) => groups.find(({kinds}) => kinds.includes(kind)) ?? groups[groups.length - 1];

const measures = {
  macs: {label: "multiply-accumulates", of: ({macs}) => macs},
  weights: {label: "weights", of: ({weights}) => weights},
  kept: {label: "kept elements", of: ({kept}) => kept},
};
const amount = (value) => (value < 1000 ? String(value) : format.rate(value, "").trim());

function shapeText(shape) {
  if (shape.tokens !== undefined) return `${many(shape.tokens, "token")} of ${many(shape.features, "feature")}`;
  return `${shape.channels}x${shape.height}x${shape.width}`;
}

function addNetworkHeader() {
  addHeader({
    title: report.network,
    subtitle: [report.source, `${many(operators.length, "layer")}, input ${shapeText(report.input)}.`].filter((text) => text !== "").join(". "),
    tiles: [
      {name: "parameters", text: amount(report.parameters), value: report.parameters, detail: "with biases and norms"},
      {name: "weights", text: amount(report.weights), value: report.weights, detail: "shared ones once"},
      {name: "multiply-accumulates", text: amount(report.macs), value: report.macs, detail: "of one sample, forward"},
      {name: "kept elements", text: amount(report.kept), value: report.kept, detail: "of one sample, for the backward phases"},
    ],
  });
}

// --- The graph ------------------------------------------------------------------------------------------------------

const input = {name: "input", kind: "input", inputs: [], output: report.input, rank: 0};
const nodeOf = new Map([["input", input], ...operators.map((each) => [each.name, each])]);
for (const each of operators) {
  each.rank = 1 + Math.max(...each.inputs.map((name) => nodeOf.get(name).rank));
}

const blockOf = ({name}) => name.slice(0, name.lastIndexOf("."));
const blocks = [...new Set(operators.map(blockOf))].filter((block) => block !== "");

/// A block with what it reads and what reads it, or all.
function partOf(block) {
  if (block === "") return [input, ...operators];
  const own = operators.filter((each) => blockOf(each) === block);
  const names = new Set(own.flatMap(({name, inputs}) => [name, ...inputs]));
  const readers = operators.filter(({inputs}) => inputs.some((name) => own.some((each) => each.name === name)));
  for (const {name} of readers) names.add(name);
  return [input, ...operators].filter(({name}) => names.has(name));
}

const margin = 24;
const leastNamed = 13;  // pixels from row to row

/// Rows of nodes at the same distance from the input, a step apart.
function graphRows(part) {
  const ranks = [...new Set(part.map(({rank}) => rank))].sort((a, b) => a - b);
  const rows = ranks.map((rank) => part.filter((each) => each.rank === rank));
  return {rows, step: Math.max(4, Math.min(34, 2400 / rows.length))};
}

function graphHeight(part) {
  const {rows, step} = graphRows(part);
  return Math.max(160, 30 + 2 * margin + step * (rows.length - 1));
}

const laneWidth = (row, width) => Math.min(200, width / (row.length + 1));

function graphNodes(part, {theme, width}) {
  const {rows, step} = graphRows(part);
  return rows.flatMap((row, number) => row.map((each, lane) => ({
    id: each.name, name: each.name, layer: each, category: each === input ? undefined : groups.indexOf(groupOf(each)),
    x: width / 2 + laneWidth(row, width) * (lane - (row.length - 1) / 2), y: margin + number * step,
    symbolSize: Math.max(3, Math.min(11, step * 0.6)),
    ...(each === input ? {itemStyle: {color: theme.ink}} : {}),
    label: {
      show: step >= leastNamed, position: "right", color: theme.text, fontSize: Math.min(11, step * 0.75),
      formatter: shortened(each.name, Math.max(6, Math.floor(laneWidth(row, width) / 7))),
    },
  })));
}

function graphEdges(part, {theme}) {
  const {rows, step} = graphRows(part);
  const rowOf = new Map(rows.flatMap((row, number) => row.map(({name}) => [name, number])));
  return part.flatMap(({name, inputs}) => inputs.filter((each) => rowOf.has(each)).map((each) => {
    const length = step * (rowOf.get(name) - rowOf.get(each));
    const passes = length > step;
    return {source: each, target: name, lineStyle: {color: theme.muted, opacity: 0.7, curveness: passes ? Math.min(0.4, 100 / length) : 0}};
  }));
}

function layerLines(layer) {
  if (layer === input) return tooltipLines("input", shapeText(layer.output));
  const rest = Object.values(measures).filter(({of}) => of(layer) > 0).map(({label, of}) => `${label}: ${amount(of(layer))}`);
  return tooltipLines(`${layer.name}: ${layer.kind}`, `of ${shortened(layer.inputs.join(", "), 60)}`, shapeText(layer.output), ...rest);
}

function graphOption(part, view) {
  const {theme, width} = view;
  const height = graphHeight(part) - 30;
  const corner = (id, x, y) => ({id, name: id, x, y, symbol: "none", label: {show: false}});
  return {
    legend: legend(theme, {data: groups.map(({name}) => name)}),
    tooltip: tooltip(theme, {formatter: ({dataType, data}) =>
      (dataType === "node" ? layerLines(data.layer) : tooltipLines(`${data.source} to ${data.target}`))}),
    series: [{
      type: "graph", layout: "none", left: 0, top: 30, width, height, emphasis: {disabled: true},
      categories: groups.map(({name, colour}) => ({name, itemStyle: {color: colour(theme)}})),
      data: [corner(" first", 0, 0), ...graphNodes(part, view), corner(" last", width, height)],
      edges: graphEdges(part, view), edgeSymbol: ["none", "arrow"], edgeSymbolSize: 4,
    }],
  };
}

function layerTable() {
  return {
    head: ["layer", "kind", "inputs", "output", "weights", "parameters", "MACs", "kept"],
    rows: operators.map((each) => [
      each.name, each.kind, each.inputs.join(", "), shapeText(each.output), cells.count(each.weights),
      cells.count(each.parameters), cells.count(each.macs), cells.count(each.kept),
    ]),
  };
}

function addGraph() {
  let part = partOf("");
  const parts = {"": "the whole network", ...Object.fromEntries(blocks.map((block) => [block, block]))};
  const chart = addChart(addSection("graph", "Graph"), {
    title: "What reads what",
    summary: "From the input above to the last layer below; a block is shown with what it reads and what reads it.",
    controls: blocks.length === 0 ? [] : [choice("show", parts, (block) => {
      part = partOf(block);
      chart.draw();
    })],
    renderer: operators.length > 200 ? "canvas" : "svg",
    height: () => graphHeight(part),
    option: (view) => graphOption(part, view),
    table: layerTable,
  });
}

// --- Layer by layer -------------------------------------------------------------------------------------------------

function layersSummary(measure) {
  const {label, of} = measures[measure];
  const most = largestBy(operators, of);
  const all = operators.reduce((sum, each) => sum + of(each), 0);
  if (all === 0) return `There are no ${label}.`;
  return `Most ${label}: ${most.name}, ${amount(of(most))}, ${format.percent(of(most) / all)} of all layers'.`;
}

function layersOption(measure, {theme, narrow}) {
  const {of} = measures[measure];
  return {
    grid: {left: 8, right: 8, top: 16, bottom: 8, containLabel: true},
    tooltip: barTooltip(theme, ([{dataIndex}]) => layerLines(operators[dataIndex])),
    xAxis: axis(theme, {
      type: "category", data: operators.map(({name}) => name), splitLine: {show: false},
      axisLabel: {rotate: 40, formatter: (name) => shortened(name, narrow ? 12 : 20)},
    }),
    yAxis: axis(theme, {type: "value", axisLabel: {formatter: amount}}),
    series: [{
      type: "bar", barMaxWidth: 30,
      data: operators.map((each) => ({value: of(each), itemStyle: {color: groupOf(each).colour(theme)}})),
    }],
  };
}

function addLayers() {
  let measure = "macs";
  const labels = Object.fromEntries(Object.entries(measures).map(([key, {label}]) => [key, label]));
  const chart = addChart(addSection("layers", "Layer by layer"), {
    title: "By layer",
    summary: layersSummary(measure),
    controls: [choice("show", labels, (chosen) => {
      measure = chosen;
      chart.renew(layersSummary(measure));
    })],
    height: (narrow) => (narrow ? 300 : 380),
    option: (view) => layersOption(measure, view),
    table: layerTable,
  });
}

addNetworkHeader();
addGraph();
addLayers();
addNotes([
  "Weights are those of convolutions, fully connected layers, embeddings and positions; parameters have biases, and scales and shifts of norms, too. A layer that uses another one's weights adds no parameters.",
  "Kept elements are a layer's inputs or output, as its backward phases read them again. What two layers keep counts for both.",
]);
addFooter(`Drawn from report.json. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
