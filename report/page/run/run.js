// The page of `hypar run`.
"use strict";

/// Older reports have no energy-delay product.
const energyDetail = () =>
  (isThere(report.energy_delay_product) ? `times the step ${format.jouleSeconds(report.energy_delay_product)}` : "of the step");

function addRunHeader() {
  const {step, memory, energy_joules: energy} = report;
  const accelerators = report.accelerators.length;
  const part = (seconds) => `${format.percent(step.seconds === 0 ? 0 : seconds / step.seconds)} of the step`;
  const warnings = [];
  if (report.partial) {
    warnings.push(`Partial: the first ${report.partial.segments_done} of the step's ${report.partial.segments} segments.`);
  }
  if (memory.needed_bytes > memory.capacity_bytes) warnings.push("The plan does not fit into the memories.");
  addHeader({
    title: `${report.network}, ${report.strategy} plan`,
    subtitle: `One training step on ${report.array}: ${accelerators} accelerator${accelerators === 1 ? "" : "s"}, ` +
              `${report.topology}, batch ${report.batch}, ${report.precision}.`,
    warnings,
    tiles: [
      {name: "step", text: format.seconds(step.seconds), value: step.cycles, detail: `${format.count(step.cycles)} cycles`},
      {name: "compute", text: format.seconds(step.compute_seconds), value: step.compute_seconds, detail: part(step.compute_seconds)},
      {name: report.overlap === undefined ? "communication" : "exposed communication", text: format.seconds(step.communication_seconds), value: step.communication_seconds,
       detail: part(step.communication_seconds)},
      {name: "traffic", text: format.bytes(report.traffic_bytes), value: report.traffic_bytes, detail: "payload sent by all"},
      {name: "memory", text: format.bytes(memory.needed_bytes), value: memory.needed_bytes,
       detail: `of ${format.bytes(memory.capacity_bytes)}, fullest`},
      {name: "energy", text: format.joules(energy.total), value: energy.total, detail: energyDetail()},
    ],
  });
}

function addPlan() {
  if (report.plan.length === 0) return;
  addSection("plan", "Plan",
             `How each layer is shared at each level (H1 divides the array into ${report.levels[0]} groups, the next ` +
             `levels each of them): ${splitsIn(report.plan)}.`)
      .append(planGrid(report.plan, layerNames));
}

addRunHeader();
addPlan();
addTime();
addTimeline();
addCriticalPath();
addCollectives();
addTopology();
addEnergy();
addMemory();
addRoofline();
addNotes(report.notes);
addFooter(`Drawn from report.json. Simulated in ${format.seconds(report.simulation.wall_seconds)}, fidelity ` +
          `${report.simulation.fidelity}. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
