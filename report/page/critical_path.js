// The critical path: what the step's time is spent on, where, and what the step would take without it.
"use strict";

/// The segments that take longest, with the unit, vaults or link that each waits for.
function longestSegments(count) {
  return [...report.timeline].sort((a, b) => b.cycles - a.cycles).slice(0, count);
}

function addCriticalPath() {
  const path = report.critical_path;
  if (path === undefined) return;
  const section = addSection("critical-path", "Critical path",
                             "The segments of a step follow each other; each ends with the unit, or the flow between " +
                             "two accelerators, that is last. What those spend their time on adds up to the step. " +
                             "\u201cWithout\u201d is the step simulated again with that resource made ideal.");
  addPathChart(section, "By resource", path.resources.filter(({cycles}) => cycles > 0),
               ({kind, name}) => (name && name !== kind ? name : kind));
  addPathChart(section, "By layer", path.layers, ({layer}) => layer);
  if (report.timeline === undefined) return;
  section.append(element("h3", {}, "The longest segments"), makeTable({
    head: ["segment", "time", "of the step", "runs through"],
    rows: longestSegments(8).map((segment) => [
      nameOfSegment(segment), cells.seconds(secondsOf(segment.cycles)), cells.percent(segment.cycles / report.step.cycles),
      describeThrough(segment.through).join("; "),
    ]),
  }));
}

/// What the step would be shorter by without an entry; null where that was not simulated.
const savedBy = ({step_cycles_without: without}) => (without === null || without === undefined ? null : report.step.cycles - without);

function addPathChart(section, title, entries, nameOf) {
  if (entries.length === 0) return;
  const step = report.step.cycles;
  const most = entries.reduce((best, entry) => (entry.cycles > best.cycles ? entry : best));
  const best = entries.reduce((found, entry) => (savedBy(entry) > savedBy(found) ? entry : found));
  const parts = {"on the path": ({cycles}) => cycles, "saved without it": savedBy};
  // Without a layer exactly its time is saved: a second bar would say nothing.
  if (entries.every((entry) => savedBy(entry) === entry.cycles)) delete parts["saved without it"];
  addChart(section, {
    title,
    summary: `Most time: ${nameOf(most)}, ${format.percent(most.cycles / step)} of the step.` +
             (savedBy(best) === null ? "" : ` Without ${nameOf(best)} the step would take ` +
              `${format.seconds(secondsOf(best.step_cycles_without))} in place of ${format.seconds(secondsOf(step))}.`) +
             (entries.some((entry) => savedBy(entry) < 0) ? " Where the saving is negative, the step took longer without it." : ""),
    height: () => 64 + entries.length * (Object.keys(parts).length === 1 ? 22 : 32),
    option: ({theme, narrow}) => ({
      legend: legend(theme),
      grid: {left: 8, right: 30, top: 32, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
      tooltip: {
        ...commonOption(theme).tooltip, trigger: "axis", axisPointer: {type: "shadow"},
        formatter: (points) => [escaped(points[0].name), ...points.filter(({value}) => value !== null && value !== undefined)
            .map(({marker, seriesName, value}) => `${marker}${seriesName}: ${format.seconds(value)}`)].join("<br>"),
      },
      xAxis: axis(theme, {type: "value", axisLabel: {formatter: format.seconds}}),
      yAxis: axis(theme, {
        type: "category", inverse: true, data: entries.map(nameOf), splitLine: {show: false},
        axisLabel: {width: narrow ? 110 : 260, overflow: "truncate", interval: 0, hideOverlap: false},
      }),
      series: Object.entries(parts).map(([name, of], index) => ({
        type: "bar", name, barMaxWidth: 12,
        data: entries.map((entry) => (of(entry) === null ? null : secondsOf(of(entry)))),
        itemStyle: {color: index === 0 ? theme.blue : theme.orange, ...(index === 1 ? {decal: decal(theme, "lines")} : {})},
      })),
    }),
    table: () => ({
      head: [title === "By layer" ? "layer" : "resource", "cycles", "time", "of the step", "step without it", "times as fast"],
      rows: entries.map((entry) => {
        const without = savedBy(entry) === null ? null : entry.step_cycles_without;
        return [nameOf(entry), cells.count(entry.cycles), cells.seconds(secondsOf(entry.cycles)), cells.percent(entry.cycles / step),
                without === null ? null : cells.seconds(secondsOf(without)),
                without === null || without === 0 ? null : cells.ratio(step / without)];
      }),
    }),
  });
}
