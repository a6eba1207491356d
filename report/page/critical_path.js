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

function addPathChart(section, title, entries, nameOf) {
  const step = report.step.cycles;
  const most = entries.reduce((best, entry) => (entry.cycles > best.cycles ? entry : best), entries[0]);
  if (most === undefined) return;
  const known = entries.filter(({step_cycles_without: without}) => without !== null && without !== undefined);
  const gain = known.length === 0 ? null :
    known.reduce((best, entry) => (entry.step_cycles_without < best.step_cycles_without ? entry : best));
  const parts = {
    "on the path": ({cycles}) => secondsOf(cycles),
    "step without it": ({step_cycles_without: without}) => (without === null || without === undefined ? null : secondsOf(without)),
  };
  addChart(section, {
    title,
    summary: `Most time: ${nameOf(most)}, ${format.percent(most.cycles / step)} of the step.` +
             (gain === null ? "" : ` Without ${nameOf(gain)} the step would take ` +
              `${format.seconds(secondsOf(gain.step_cycles_without))} in place of ${format.seconds(secondsOf(step))}.`),
    height: (narrow) => 70 + entries.length * (narrow ? 34 : 30),
    option: ({theme, narrow}) => ({
      legend: legend(theme),
      grid: {left: 8, right: 30, top: 32, bottom: 8, containLabel: true},
      tooltip: {
        ...commonOption(theme).tooltip, trigger: "axis", axisPointer: {type: "shadow"},
        formatter: (points) => [escaped(points[0].name), ...points.filter(({value}) => value !== null && value !== undefined)
            .map(({marker, seriesName, value}) => `${marker}${seriesName}: ${format.seconds(value)}`)].join("<br>"),
      },
      xAxis: axis(theme, {type: "value", axisLabel: {formatter: format.seconds}}),
      yAxis: axis(theme, {
        type: "category", inverse: true, data: entries.map(nameOf), splitLine: {show: false},
        axisLabel: {width: narrow ? 100 : 240, overflow: "truncate", hideOverlap: false},
      }),
      series: Object.entries(parts).map(([name, of], index) => ({
        type: "bar", name, data: entries.map(of), barMaxWidth: 12,
        itemStyle: {color: index === 0 ? theme.blue : theme.orange, ...(index === 1 ? {decal: decal(theme, "lines")} : {})},
        ...(index === 1 ? {markLine: {
          silent: true, symbol: "none", data: [{xAxis: secondsOf(step)}], lineStyle: {color: theme.ink, type: "dashed"},
          label: {formatter: "step", color: theme.text, position: "end"},
        }} : {}),
      })),
    }),
    table: () => ({
      head: [title === "By layer" ? "layer" : "resource", "cycles", "time", "of the step", "step without it", "times as fast"],
      rows: entries.map((entry) => {
        const without = entry.step_cycles_without ?? null;
        return [nameOf(entry), cells.count(entry.cycles), cells.seconds(secondsOf(entry.cycles)), cells.percent(entry.cycles / step),
                without === null ? null : cells.seconds(secondsOf(without)),
                without === null || without === 0 ? null : cells.ratio(step / without)];
      }),
    }),
  });
}
