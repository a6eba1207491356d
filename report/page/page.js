// What all pages are made of: sections, tables, charts with a table behind each, light and dark. Everything that comes
// from the report goes into the page as text, never as markup.
"use strict";

const report = JSON.parse(document.getElementById("report").textContent);

const isThere = (value) => value !== null && value !== undefined;

/// An element with attributes and children; children are elements or text. `on...` attributes are listeners.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && isThere(value)) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(isThere));
  return made;
}

/// The first element with the largest or the smallest value, of at least one.
const largestBy = (list, of) => list.reduce((best, each) => (of(each) > of(best) ? each : best));
const smallestBy = (list, of) => list.reduce((best, each) => (of(each) < of(best) ? each : best));

/// A report that was changed by hand may not be one that can be drawn.
window.addEventListener("error", ({message}) => {
  document.getElementById("main").prepend(element("p", {class: "warning", role: "alert"}, `This report cannot be drawn: ${message}`));
});

// --- Light and dark -------------------------------------------------------------------------------------------------

/// Colours that people with any of the common colour blindnesses can tell apart (after Okabe and Ito), for each theme.
const themes = {
  light: {
    text: "#1b1f24", muted: "#57606a", line: "#d8dee4", card: "#ffffff", ink: "#1b1f24",
    blue: "#0072b2", orange: "#e69f00", green: "#009e73", purple: "#b5569a", red: "#d55e00", sky: "#56b4e9",
    yellow: "#d9c300", grey: "#8c959f",
    ramp: ["#e3ecf4", "#9ecae1", "#4393c3", "#2166ac", "#053061"],
  },
  dark: {
    text: "#e3e8ee", muted: "#9aa5b1", line: "#363e48", card: "#1c2128", ink: "#e3e8ee",
    blue: "#4aa3df", orange: "#f0b429", green: "#2fbf95", purple: "#d48cc0", red: "#ff8b4d", sky: "#8fd0f7",
    yellow: "#f0e442", grey: "#7d8792",
    ramp: ["#2a3440", "#2b5f8a", "#3f8fc4", "#7cc0f5", "#e6f4ff"],
  },
};

const darkPreferred = window.matchMedia("(prefers-color-scheme: dark)");
let chosenTheme = null;
let isPrinting = false;

function themeName() {
  if (isPrinting) return "light";
  return chosenTheme ?? (darkPreferred.matches ? "dark" : "light");
}

const otherTheme = () => (themeName() === "dark" ? "light" : "dark");

/// Charts that nobody has seen yet are drawn for paper alone.
function applyTheme() {
  document.documentElement.dataset.theme = themeName();
  document.getElementById("theme").textContent = otherTheme() === "dark" ? "Dark" : "Light";
  for (const chart of charts) {
    if (isPrinting || chart.drawing !== null) chart.draw();
  }
}

/// The colour of a value from 0 to 1 on a theme's ramp.
function rampColour(theme, value) {
  const place = Math.min(Math.max(value, 0), 1) * (theme.ramp.length - 1);
  const low = Math.min(Math.floor(place), theme.ramp.length - 2);
  const channel = (colour, at) => parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16);
  const mixed = [0, 1, 2].map((at) => {
    const [from, to] = [channel(theme.ramp[low], at), channel(theme.ramp[low + 1], at)];
    return Math.round(from + (to - from) * (place - low));
  });
  return `rgb(${mixed.join(",")})`;
}

/// Text on a cell of the ramp: dark on bright, bright on dark.
function inkOn(theme, share) {
  const [red, green, blue] = rampColour(theme, share).match(/\d+/g).map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#10151a" : "#ffffff";
}

// --- Charts ---------------------------------------------------------------------------------------------------------

const charts = [];
const narrowBelow = 560;
const fontFamily = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/// What every chart has in common; `option` goes over it.
function commonOption(theme) {
  return {
    animation: false,
    backgroundColor: "transparent",
    textStyle: {fontFamily, color: theme.text},
    aria: {enabled: false},
  };
}

/// An axis in the theme's colours.
function axis(theme, rest) {
  return {
    axisLine: {lineStyle: {color: theme.muted}},
    axisTick: {lineStyle: {color: theme.muted}},
    splitLine: {lineStyle: {color: theme.line}},
    nameTextStyle: {color: theme.muted},
    ...rest,
    // With its family, which the room for labels is otherwise measured without.
    axisLabel: {color: theme.muted, fontSize: 11, fontFamily, hideOverlap: true, ...rest.axisLabel},
  };
}

/// A legend in the theme's colours, above the chart.
function legend(theme, rest = {}) {
  return {
    type: "scroll", top: 0, left: 0, right: 0, textStyle: {color: theme.text, fontSize: 12},
    inactiveColor: theme.muted, pageIconColor: theme.accent ?? theme.blue, pageTextStyle: {color: theme.muted}, ...rest,
  };
}

/// The legend of a heat map's colours, below it.
function rampLegend(theme, rest) {
  return {
    seriesIndex: 0, dimension: 2, orient: "horizontal", left: "center", bottom: 0, calculable: false, itemHeight: 140,
    itemWidth: 12, textStyle: {color: theme.muted}, inRange: {color: theme.ramp}, ...rest,
  };
}

/// A pattern over a bar's colour, so that colour is not the only sign: "lines", "dots" or "cross".
function decal(theme, kind) {
  const common = {color: themeName() === "dark" ? "rgba(0,0,0,0.45)" : "rgba(255,255,255,0.6)"};
  if (kind === "dots") return {...common, symbol: "circle", symbolSize: 0.6, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0]};
  if (kind === "cross") return {...common, symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4};
  return {...common, symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4};
}

// --- Tooltips -------------------------------------------------------------------------------------------------------

/// A tooltip in the theme's colours; what its `formatter` makes is markup.
function tooltip(theme, rest = {}) {
  return {
    confine: true, backgroundColor: theme.card, borderColor: theme.line, textStyle: {color: theme.text, fontSize: 12}, ...rest,
  };
}

/// The tooltip of all bars at one place of the axis.
const barTooltip = (theme, formatter) => tooltip(theme, {trigger: "axis", axisPointer: {type: "shadow"}, formatter});

/// Text for a tooltip.
function escaped(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/// Lines of a tooltip, safe as markup.
const tooltipLines = (...lines) => lines.map(escaped).join("<br>");

/// A name, and below it the values of series with their marks.
const seriesLines = (name, points, text) => [
  escaped(name), ...points.map(({marker, seriesName, value}) => `${marker}${escaped(seriesName)}: ${text(value)}`),
].join("<br>");

// --- A chart in its section -----------------------------------------------------------------------------------------

class Chart {
  /// `option({theme, narrow, width})` makes the chart's option, `height(narrow)` says how high it is.
  constructor(box, {option, height, renderer}) {
    this.box = box;
    this.option = option;
    this.height = typeof height === "function" ? height : () => height;
    this.drawing = null;
    this.renderer = renderer ?? "svg";
  }

  /// What `option` is made for in a box of this width.
  view(width) {
    return {theme: themes[themeName()], narrow: width < narrowBelow, width};
  }

  fullOption(view) {
    return {...commonOption(view.theme), ...this.option(view)};
  }

  draw() {
    const width = isPrinting ? 680 : this.box.clientWidth;
    if (width === 0) return;
    const view = this.view(width);
    const size = {width, height: this.height(view.narrow)};
    this.box.style.height = `${size.height}px`;
    this.drawing ??= echarts.init(this.box, null, {renderer: this.renderer, ...size});
    this.drawing.resize(size);
    this.width = width;
    this.drawing.setOption(this.fullOption(view), {notMerge: true});
    this.box.dataset.drawn = "true";
  }
}

const resized = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    const chart = charts.find(({box}) => box === target);
    if (chart !== undefined && !isPrinting && chart.width !== target.clientWidth) chart.draw();
  }
});

/// Charts are drawn when they come near the screen, so that a long page is there at once.
const seen = new IntersectionObserver((entries) => {
  for (const {target, isIntersecting} of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    charts.find(({box}) => box === target).draw();
    resized.observe(target);
  }
}, {rootMargin: "600px"});

/// Adds a chart to a section: {title, summary, option, height, renderer, table: {head, rows}, controls}. `summary`
/// says in words what it shows; without a title over it, it has a `name` of its own; `table()` makes the table behind it, when somebody opens it. Returns the chart, whose
/// `renew(summary)` draws all of it again once something else is to be shown.
function addChart(section, {title, name = title, summary, table, controls = [], ...what}) {
  const box = element("div", {class: "chart", role: "img", "aria-label": `${name}. ${summary}`});
  const caption = title === null ? null : element("figcaption", {}, title);
  const words = element("p", {class: "muted"}, summary);
  const details = tableBehind(name, table);
  const chart = new Chart(box, what);
  const buttons = element("div", {class: "controls"}, controls, savingButtons(chart, name, table));
  section.append(element("figure", {}, caption, words, buttons, box, details));
  chart.renew = (newSummary = summary) => {
    words.textContent = newSummary;
    box.setAttribute("aria-label", `${name}. ${newSummary}`);
    if (details.childElementCount > 1) details.lastElementChild.replaceWith(makeTable(table()));
    if (chart.drawing !== null) chart.draw();
  };
  charts.push(chart);
  seen.observe(box);
  return chart;
}

/// A choice among {value: label} for a chart's controls; the first one is chosen, or `chosen`.
function choice(label, options, onchange, chosen = null) {
  const select = element("select", {onchange: () => onchange(select.value)},
                         Object.entries(options).map(([value, text]) => element("option", {value}, text)));
  if (chosen !== null) select.value = chosen;
  return element("label", {}, label, select);
}

/// Adds and returns a chart whose `option(view, isLog)` has a linear or a logarithmic axis; `isLog` is which it begins with.
function addScaledChart(section, {isLog, option, ...what}) {
  let isLogNow = isLog;
  const chart = addChart(section, {
    ...what,
    controls: [choice("axis", {linear: "linear", log: "logarithmic"}, (chosen) => {
      isLogNow = chosen === "log";
      chart.draw();
    }, isLog ? "log" : "linear")],
    option: (view) => option(view, isLogNow),
  });
  return chart;
}

// --- Tables ---------------------------------------------------------------------------------------------------------

/// A cell is text, an element, or {text, value} for a number, whose exact value stays in the page.
function cell(tag, content) {
  if (!isThere(content)) return element(tag, {});
  if (content instanceof Node) return element(tag, {}, content);
  if (typeof content === "object") {
    return element(tag, {class: "number", "data-value": content.value}, content.text);
  }
  return element(tag, {}, String(content));
}

/// Rows of a table that are made at once; a button brings the next ones.
const rowsAtOnce = 500;

/// `rows` have a cell for each text of `head`; the first of a row is its header.
function makeTable({head, rows}) {
  const isNumber = head.map((_, column) => rows.some((row) => row[column]?.value !== undefined));
  const heads = head.map((text, column) => element("th", {scope: "col", class: isNumber[column] ? "number" : null}, text));
  const lineOf = (row) => {
    const cells = row.map((content, column) => cell(column === 0 ? "th" : "td", content));
    cells[0].setAttribute("scope", "row");
    return element("tr", {}, cells);
  };
  const body = element("tbody");
  const more = element("button", {type: "button", onclick: () => addRows()});
  const addRows = () => {
    const made = body.childElementCount;
    body.append(...rows.slice(made, made + rowsAtOnce).map(lineOf));
    more.textContent = `More: ${format.count(body.childElementCount)} of ${format.count(rows.length)} rows are here`;
    more.hidden = body.childElementCount === rows.length;
  };
  addRows();
  return element("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": "table"},
                 element("table", {}, element("thead", {}, element("tr", {}, heads)), body), more);
}

/// The table is made when it is opened: a large one would hold the page up.
function tableBehind(title, table) {
  const details = element("details", {"data-table": title}, element("summary", {}, "Table"));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(makeTable(table()));
  });
  return details;
}

/// Cells of tables.
const cells = {
  seconds: (value) => ({text: format.seconds(value), value}),
  joules: (value) => ({text: format.joules(value), value}),
  jouleSeconds: (value) => ({text: format.jouleSeconds(value), value}),
  bytes: (value) => ({text: format.bytes(value), value}),
  bitRate: (value) => ({text: format.bitRate(value), value}),
  percent: (value) => ({text: format.percent(value), value}),
  signedPercent: (value) => (value === null ? null : {text: format.signedPercent(value), value}),
  count: (value) => ({text: format.count(value), value}),
  ratio: (value) => (value === null ? null : {text: format.ratio(value), value}),
};

// --- The page -------------------------------------------------------------------------------------------------------

/// The page's head: {title, subtitle, tiles: [{name, text, value, detail}], warnings}. Values of tiles are exact.
function addHeader({title, subtitle, tiles = [], warnings = []}) {
  document.title = `${title} - hypar`;
  const button = element("button", {type: "button", id: "theme", onclick: () => {
    chosenTheme = otherTheme();
    applyTheme();
  }});
  document.getElementById("header").append(
      element("div", {class: "top"},
              element("div", {}, element("h1", {}, title), element("p", {class: "muted"}, subtitle)), button),
      ...warnings.map((text) => element("p", {class: "warning", role: "status"}, text)),
      element("dl", {class: "tiles"}, tiles.map(({name, text, value, detail}) => element(
          "div", {class: "tile"}, element("dt", {}, name),
          element("dd", {"data-name": name, "data-value": value}, text, detail ? element("small", {}, detail) : null)))));
  applyTheme();
}

/// A section with its heading and what it says; it is listed in the contents, where its title is long by a shorter one.
function addSection(id, title, text = null, listed = title) {
  const section = element("section", {id, "aria-labelledby": `${id}-title`},
                          element("h2", {id: `${id}-title`}, title), text ? element("p", {}, text) : null);
  document.getElementById("main").append(section);
  const contents = document.getElementById("contents");
  if (contents.firstElementChild === null) contents.append(element("ul"));
  contents.firstElementChild.append(element("li", {}, element("a", {href: `#${id}`}, listed)));
  return section;
}

function addNotes(notes) {
  if (notes.length === 0) return;
  addSection("notes", "Notes").append(element("ul", {class: "plain"}, notes.map((note) => element("li", {}, note))));
}

function addFooter(...texts) {
  document.getElementById("footer").append(...texts.map((text) => element("p", {}, text)));
}

/// What a layer can do at a level, by its digit.
const splits = {
  0: {name: "dp", meaning: "the batch"},
  1: {name: "mp", meaning: "the input channels"},
  2: {name: "op", meaning: "the output channels"},
  3: {name: "sp", meaning: "the rows"},
  4: {name: "hp", meaning: "the heads"},
};

/// "dp divides the batch, op the output channels": of those that a plan has.
function splitsIn(plan) {
  const used = Object.keys(splits).filter((digit) => plan.some((level) => level.includes(digit)));
  const parts = used.map((digit, index) => `${splits[digit].name} ${index === 0 ? "divides " : ""}${splits[digit].meaning}`);
  return parts.join(", ");
}

/// A plan as in the paper's Figure 5: a row for each level, a column for each layer. Cells that are not those of
/// `other` are marked.
function planGrid(plan, layers, other = plan) {
  const planCell = (level, layer) => {
    const digit = plan[level][layer];
    const {name} = splits[digit];
    const isApart = digit !== other[level]?.[layer];
    const title = isApart ? {title: "differs"} : {};
    return element("td", {}, element("span", {class: name + (isApart ? " apart" : ""), ...title}, name));
  };
  const head = element("tr", {}, element("td"), layers.map((name) => element("th", {scope: "col"}, element("span", {}, name))));
  const rows = plan.map((cellsOfLevel, level) => element(
      "tr", {}, element("th", {scope: "row"}, `H${level + 1}`),
      [...cellsOfLevel].map((_, layer) => planCell(level, layer))));
  return element("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": "plan"},
                 element("table", {class: "plan"}, element("thead", {}, head), element("tbody", {}, rows)));
}

darkPreferred.addEventListener("change", applyTheme);
window.addEventListener("beforeprint", () => {
  isPrinting = true;
  applyTheme();
});
window.addEventListener("afterprint", () => {
  isPrinting = false;
  applyTheme();
});
