"""Figure 6 of the HyPar paper: performance over data parallelism, theirs beside ours. Takes some seconds."""

import hypar
import matplotlib.pyplot as plt

rows = [row for row in hypar.reproduce(choices="none").figures["6"].rows if row.strategy == "hypar"]
places = range(len(rows))
plt.bar([place - 0.2 for place in places], [row.paper for row in rows], 0.4, label="paper")
plt.bar([place + 0.2 for place in places], [row.ours for row in rows], 0.4, label="simulated")
plt.xticks(places, [row.network for row in rows], rotation=45)
plt.ylabel("performance over data parallelism")
plt.yscale("log")
plt.legend()
plt.tight_layout()
plt.savefig("figure-6.png")
