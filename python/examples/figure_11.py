"""Figure 11 of the HyPar paper: performance of vgg-e with the number of accelerators. Takes some seconds."""

import hypar
import matplotlib.pyplot as plt

rows = hypar.reproduce(choices="none").figures["11"].rows
for strategy, colour in (("hypar", "tab:blue"), ("data", "tab:orange")):
    points = [row for row in rows if row.strategy == strategy]
    accelerators = [row.accelerators for row in points]
    plt.plot(accelerators, [row.ours for row in points], "o-", color=colour, label=f"{strategy}, simulated")
    plt.plot(accelerators, [row.paper for row in points], "x--", color=colour, label=f"{strategy}, paper")
plt.xscale("log", base=2)
plt.xlabel("accelerators")
plt.ylabel("performance over one accelerator")
plt.legend()
plt.savefig("figure-11.png")
