"""The Pareto front of time and energy of a sweep: no other point is better in one without being worse in the other."""

import hypar
import matplotlib.pyplot as plt

array = {"array.clock": ["125 MHz", "250 MHz", "500 MHz"], "array.processing_units": {"from": 4, "to": 32, "times": 2}}
sweep = hypar.sweep({"base": "lenet-c", "vary": array}, "pareto-results")
front = sweep.query(pareto=["seconds", "energy_joules"], sort="seconds")
plt.scatter([point.seconds for point in sweep.points], [point.energy_joules for point in sweep.points], label="points")
plt.plot([point.seconds for point in front], [point.energy_joules for point in front], "o-r", label="Pareto front")
plt.xlabel("seconds")
plt.ylabel("energy_joules")
plt.legend()
plt.savefig("pareto.png")
