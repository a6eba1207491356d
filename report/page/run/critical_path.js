// The critical path: what the step's time is spent on, where, and what the step would take without it.
"use strict";

/// The segments that take longest, with the unit, vaults or link that each waits for.
function longestSegments(count) {
  return [...report.timeline].sort((a, b) => b.cycles - a.cycles).slice(0, count);
}

/// What the step would be shorter by without an entry; null where that was not simulated.
const savedBy = ({step_cycles_without: without}) => (isThere(without) ? report.step.cycles - without : null);

/// What bars show of an entry; without a layer exactly its time is saved, and a second bar would say nothing.
function pathParts(entries) {
  const onPath = {name: "on the path", of: ({cycles}) => cycles};
  return entries.every((entry) => savedBy(entry) === entry.cycles) ? [onPath] : [onPath, {name: "saved without it", of: savedBy}];
}

function pathSummary(entries, nameOf) {
  const step = report.step.cycles;
  const most = largestBy(entries, ({cycles}) => cycles);
  const best = largestBy(entries, savedBy);
  return `Most time: ${nameOf(most)}, ${format.percent(most.cycles / step)} of the step.` +
         (savedBy(best) === null ? "" : ` Without ${nameOf(best)} the step would take ` +
          `${format.seconds(secondsOf(best.step_cycles_without))} in place of ${format.seconds(secondsOf(step))}.`) +
         (entries.some((entry) => savedBy(entry) < 0) ? " Where the saving is negative, the step took longer without it." : "");
}

function pathOption({theme, narrow}, entries, nameOf) {
  return {
    legend: legend(theme),
    grid: {left: 8, right: 30, top: 32, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
    tooltip: barTooltip(theme, (points) =>
      seriesLines(points[0].name, points.filter(({value}) => isThere(value)), format.seconds)),
    xAxis: axis(theme, {type: "value", axisLabel: {formatter: format.seconds}}),
    yAxis: axis(theme, {
      type: "category", inverse: true, data: entries.map(nameOf), splitLine: {show: false},
      axisLabel: {width: narrow ? 110 : 260, overflow: "truncate", interval: 0, hideOverlap: false},
    }),
    series: pathParts(entries).map(({name, of}, index) => ({
      type: "bar", name, barMaxWidth: 12,
      data: entries.map((entry) => (of(entry) === null ? null : secondsOf(of(entry)))),
      itemStyle: {color: index === 0 ? theme.blue : theme.orange, ...(index === 1 ? {decal: decal(theme, "lines")} : {})},
    })),
  };
}

function pathRow(entry, name) {
  const step = report.step.cycles;
  const without = savedBy(entry) === null ? null : entry.step_cycles_without;
  return [name, cells.count(entry.cycles), cells.seconds(secondsOf(entry.cycles)), cells.percent(entry.cycles / step),
          without === null ? null : cells.seconds(secondsOf(without)),
          without === null || without === 0 ? null : cells.ratio(step / without)];
}

/// A chart of the path's entries, which are of one `kind` and called by `nameOf`.
function addPathChart(section, kind, entries, nameOf) {
  if (entries.length === 0) return;
  addChart(section, {
    title: `By ${kind}`,
    summary: pathSummary(entries, nameOf),
    height: () => 64 + entries.length * (pathParts(entries).length === 1 ? 22 : 32),
    option: (view) => pathOption(view, entries, nameOf),
    table: () => ({
      head: [kind, "cycles", "time", "of the step", "step without", "times as fast"],
      rows: entries.map((entry) => pathRow(entry, nameOf(entry))),
    }),
  });
}

function addCriticalPath() {
  const path = report.critical_path;
  if (path === undefined) return;
  const section = addSection("critical-path", "Critical path",
                             "The segments of a step follow each other; each ends with the unit, or the flow between " +
                             "two accelerators, that is last. What those spend their time on adds up to the step. " +
                             "\u201cWithout\u201d is the step simulated again with that resource made ideal.");
  addPathChart(section, "resource", path.resources.filter(({cycles}) => cycles > 0),
               ({kind, name}) => (name && name !== kind ? name : kind));
  addPathChart(section, "layer", path.layers, ({layer}) => layer);
  if (report.timeline === undefined) return;
  section.append(element("h3", {}, "The longest segments"), makeTable({
    head: ["longest segments", "time", "share", "waits for"],
    rows: longestSegments(8).map((segment) => [
      nameOfSegment(segment), cells.seconds(secondsOf(segment.cycles)), cells.percent(segment.cycles / report.step.cycles),
      describeThrough(segment.through).join("; "),
    ]),
  }));
}
