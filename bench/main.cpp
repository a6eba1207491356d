#include <benchmark/benchmark.h>

// libsystemc wants the symbol, see tests/main.cpp.
extern "C" int sc_main(int, char**) { return 0; }

BENCHMARK_MAIN();
