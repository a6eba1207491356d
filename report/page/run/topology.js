// The links' load drawn on the topology: nodes where report.nodes puts them, an edge for each direction of a link.
"use strict";

const linkMeasures = {
  utilisation: {label: "busy, part of the step", of: (link) => link.utilisation, text: format.percent},
  stalled: {label: "stalled", of: (link) => link.stalled_seconds, text: format.seconds},
  bytes: {label: "bytes", of: (link) => link.bytes, text: format.bytes},
  queue: {label: "peak queue", of: (link) => link.peak_queue_flits, text: (flits) => `${format.count(flits)} flits`},
};

/// Above this many links the chart is drawn on a canvas and without names.
const mostNamedLinks = 600;
const isCrowded = report.links.length > mostNamedLinks;

const mostOfLinks = (measure) => Math.max(...report.links.map(linkMeasures[measure].of));

/// Makes of a node's coordinate 0 for the least and 1 for the largest of all nodes.
function spreadOf(coordinate) {
  const values = report.nodes.map((node) => node[coordinate]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return (value) => (most === least ? 0.5 : (value - least) / (most - least));
}

/// Links that close a ring are drawn as arcs, as far from the straight line as this part of their length.
const arc = 0.1;

/// Where the drawing stands in its box, so that nodes are as far apart across as down and arcs stay inside.
function topologyPlace(width, height, size) {
  const different = (coordinate) => new Set(report.nodes.map((node) => Math.round(1000 * node[coordinate]))).size;
  const wraps = report.links.some((link) => link.wraps) ? arc : 0;
  const margin = size + 8;
  const high = (height - 2 * margin) / (1 + 2 * wraps);
  const across = Math.min(width - 2 * margin, high * Math.max(1, different("x") / different("y")));
  const down = Math.min(high, height - 2 * margin - 2 * wraps * across);
  return {across, down, left: (width - across) / 2, top: (height - down) / 2};
}

function topologyHeight(narrow) {
  const isFlat = new Set(report.nodes.map(({y}) => y)).size <= 8 && report.nodes.some(({kind}) => kind !== "accelerator");
  if (isFlat) return narrow ? 260 : 360;
  return narrow ? 340 : 560;
}

/// How large nodes are in a drawing of this width, which of them are named, and where the drawing stands.
function topologyLook({narrow, width}) {
  const leaves = report.nodes.filter(({kind}) => kind === "accelerator").length;
  const size = Math.max(3, Math.min(22, (width / Math.max(leaves, 8)) * 0.6));
  return {size, areNamed: !isCrowded && size >= 8, ...topologyPlace(width, topologyHeight(narrow), size)};
}

function topologyNodes(theme, {size, areNamed, across, down}) {
  const [spreadX, spreadY] = [spreadOf("x"), spreadOf("y")];
  return report.nodes.map(({name, kind, x, y}) => {
    const isAccelerator = kind === "accelerator";
    return {
      id: name, name, fullName: name,
      x: spreadX(x) * across,
      y: spreadY(y) * down,
      symbol: isAccelerator ? "roundRect" : "circle",
      symbolSize: isAccelerator ? size : size * 0.6,
      itemStyle: {color: isAccelerator ? theme.card : theme.grey, borderColor: theme.ink, borderWidth: 1},
      label: {
        show: areNamed && isAccelerator, position: "inside", color: theme.text, fontSize: Math.min(11, size * 0.6),
        formatter: name.replace(/^acc/, ""),
      },
    };
  });
}

function topologyEdges(theme, measure) {
  const most = mostOfLinks(measure);
  return report.links.map((link) => {
    const share = most === 0 ? 0 : linkMeasures[measure].of(link) / most;
    return {
      source: link.from, target: link.to, link,
      lineStyle: {
        color: rampColour(theme, share),
        width: isCrowded ? 0.6 + 1.4 * share : 1 + 4 * share,
        opacity: 1,
        curveness: link.wraps ? 2 * arc : 0.12,
      },
    };
  });
}

function linkLines(link) {
  return tooltipLines(nameOfLink(link), format.bitRate(link.bits_per_second),
                      ...Object.values(linkMeasures).map(({label, of, text}) => `${label}: ${text(of(link))}`));
}

function topologyOption(measure, view) {
  const {theme} = view;
  const look = topologyLook(view);
  return {
    tooltip: tooltip(theme, {
      formatter: ({dataType, data}) => (dataType === "node" ? escaped(data.fullName) : linkLines(data.link)),
    }),
    series: [{
      type: "graph",
      layout: "none",
      preserveAspect: true,
      left: look.left, top: look.top, width: look.across, height: look.down,
      data: topologyNodes(theme, look),
      edges: topologyEdges(theme, measure),
      edgeSymbol: isCrowded ? ["none", "none"] : ["none", "arrow"],
      edgeSymbolSize: 5,
      emphasis: {disabled: isCrowded},
    }],
  };
}

/// What the colours of edges stand for, from nothing to the most.
function edgeScale(measure) {
  const {text} = linkMeasures[measure];
  const theme = themes[themeName()];
  return [`${text(0)} `,
          element("span", {class: "ramp", style: `background: linear-gradient(to right, ${theme.ramp.join(", ")})`}),
          ` ${text(mostOfLinks(measure))}`];
}

function linkTable() {
  return {
    head: ["link", "group", "bandwidth", "bytes", "packets", "busy", "of the step", "stalled", "peak queue"],
    rows: report.links.map((link) => [
      nameOfLink(link), link.group ?? null, cells.bitRate(link.bits_per_second), cells.bytes(link.bytes),
      cells.count(link.packets), cells.seconds(link.busy_seconds), cells.percent(link.utilisation),
      cells.seconds(link.stalled_seconds), cells.count(link.peak_queue_flits),
    ]),
  };
}

function addTopology() {
  if (report.links.length === 0 || report.nodes === undefined) return;
  const section = addSection("links", "Links",
                             `${report.topology}: an edge for each direction of a link; accelerators are squares, ` +
                             "switches and routers circles.");
  let measure = "utilisation";
  const scale = element("span", {class: "muted"});
  const busiest = largestBy(report.links, ({utilisation}) => utilisation);
  const measures = Object.fromEntries(Object.entries(linkMeasures).map(([key, {label}]) => [key, label]));
  const chart = addChart(section, {
    title: "Load of the links",
    summary: `Busiest: ${busiest.from} to ${busiest.to}, busy for ${format.percent(busiest.utilisation)} of the step. ` +
             "The darker and wider an edge, the more; in the dark theme, the brighter.",
    controls: [choice("show", measures, (chosen) => {
      measure = chosen;
      chart.draw();
    }), scale],
    renderer: isCrowded ? "canvas" : "svg",
    height: topologyHeight,
    option: (view) => {
      scale.replaceChildren(...edgeScale(measure));
      return topologyOption(measure, view);
    },
    table: linkTable,
  });
  addLinkGroups(section);
}

/// Links that do alike work, such as those of a level of a tree: the busiest of each group, and the mean.
function addLinkGroups(section) {
  if (!report.links.every(({group}) => isThere(group))) return;
  const groups = [...new Set(report.links.map(({group}) => group))].map((name) => {
    const links = report.links.filter(({group}) => group === name);
    const busiest = largestBy(links, ({utilisation}) => utilisation);
    const sumOf = (key) => links.reduce((sum, link) => sum + link[key], 0);
    return {name, number: links.length, bytes: sumOf("bytes"), busy: busiest.busy_seconds, busiest: busiest.utilisation,
            mean: sumOf("utilisation") / links.length, stalled: Math.max(...links.map((link) => link.stalled_seconds))};
  });
  const what = {
    categories: groups.map(({name}) => name), text: format.percent, isLog: false,
    series: [
      {name: "busiest", look: {colour: (theme) => theme.blue}, values: groups.map(({busiest}) => busiest)},
      {name: "mean", look: {colour: (theme) => theme.grey, pattern: "hollow"}, values: groups.map(({mean}) => mean)},
    ],
  };
  addChart(section, {
    title: "Links by group",
    summary: "The part of the step in which links of each group are busy: the busiest of them, and the mean of all.",
    height: (narrow) => groupedBars.height(what, narrow),
    option: (view) => groupedBars.option(view, what),
    table: () => ({
      head: ["links", "number", "bytes", "busy", "of the step", "mean", "stalled"],
      rows: groups.map((group) => [
        group.name, cells.count(group.number), cells.bytes(group.bytes), cells.seconds(group.busy), cells.percent(group.busiest),
        cells.percent(group.mean), cells.seconds(group.stalled),
      ]),
    }),
  });
}
