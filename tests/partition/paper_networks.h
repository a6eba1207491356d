#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/workloads/support.h"
#include "workloads/network.h"

namespace hypar {

// The ten networks of Song et al., "HyPar: Towards Hybrid Parallelism for Deep Learning Accelerator Array", HPCA
// 2019, what its Figures 5 and 8 print for them, and the bytes that its tables and the transfers give.

/// The paper trains with this batch: the only one that gives Figure 5's plans.
constexpr std::uint64_t kPaperBatch = 256;
/// 16 accelerators.
constexpr std::size_t kPaperLevels = 4;

/// A block of VGG: convolutions of `channels` outputs with these kernels, the last followed by 2x2 pooling.
struct VggBlock {
    std::uint64_t channels = 0;
    std::vector<std::uint64_t> kernels;
};

/// Simonyan and Zisserman, ICLR 2015, Table 1.
inline NetworkSpec vgg_spec(const std::string& name, const std::vector<VggBlock>& blocks) {
    NetworkSpec spec{name, "", {3, 224, 224}, {}};
    for (std::size_t block = 0; block < blocks.size(); ++block) {
        for (std::size_t index = 0; index < blocks[block].kernels.size(); ++index) {
            const std::uint64_t kernel = blocks[block].kernels[index];
            const std::string layer = "conv" + std::to_string(block + 1) + "_" + std::to_string(index + 1);
            spec.layers.push_back(convolution(layer, blocks[block].channels, kernel, 1, kernel / 2));
        }
        spec.layers.back() = pooled(spec.layers.back(), 2, 2);
    }
    spec.layers.push_back(fully_connected("fc1", 4096));
    spec.layers.push_back(fully_connected("fc2", 4096));
    spec.layers.push_back(fully_connected("fc3", 1000));
    return spec;
}

inline std::vector<NetworkSpec> paper_network_specs() {
    const FeatureShape mnist{1, 28, 28};
    const FeatureShape cifar{3, 32, 32};
    return {
        {"sfc",
         "",
         mnist,
         {fully_connected("fc1", 8192), fully_connected("fc2", 8192), fully_connected("fc3", 8192),
          fully_connected("fc4", 10)}},
        {"sconv",
         "",
         mnist,
         {convolution("conv1", 20, 5), pooled(convolution("conv2", 50, 5), 2, 2), convolution("conv3", 50, 5),
          pooled(convolution("conv4", 10, 5), 2, 2)}},
        {"lenet-c",
         "",
         mnist,
         {pooled(convolution("conv1", 20, 5), 2, 2), pooled(convolution("conv2", 50, 5), 2, 2),
          fully_connected("fc1", 500), fully_connected("fc2", 10)}},
        {"cifar-c",
         "",
         cifar,
         {pooled(convolution("conv1", 32, 5, 1, 2), 2, 2), pooled(convolution("conv2", 32, 5, 1, 2), 2, 2),
          pooled(convolution("conv3", 64, 5, 1, 2), 2, 2), fully_connected("fc1", 64), fully_connected("fc2", 10)}},
        // One of the two towers of Krizhevsky et al., NIPS 2012.
        {"alexnet",
         "",
         {3, 227, 227},
         {pooled(convolution("conv1", 48, 11, 4), 3, 2), pooled(convolution("conv2", 128, 5, 1, 2), 3, 2),
          convolution("conv3", 192, 3, 1, 1), convolution("conv4", 192, 3, 1, 1),
          pooled(convolution("conv5", 128, 3, 1, 1), 3, 2), fully_connected("fc1", 2048),
          fully_connected("fc2", 2048), fully_connected("fc3", 1000)}},
        vgg_spec("vgg-a", {{64, {3}}, {128, {3}}, {256, {3, 3}}, {512, {3, 3}}, {512, {3, 3}}}),
        vgg_spec("vgg-b", {{64, {3, 3}}, {128, {3, 3}}, {256, {3, 3}}, {512, {3, 3}}, {512, {3, 3}}}),
        vgg_spec("vgg-c", {{64, {3, 3}}, {128, {3, 3}}, {256, {3, 3, 1}}, {512, {3, 3, 1}}, {512, {3, 3, 1}}}),
        vgg_spec("vgg-d", {{64, {3, 3}}, {128, {3, 3}}, {256, {3, 3, 3}}, {512, {3, 3, 3}}, {512, {3, 3, 3}}}),
        vgg_spec("vgg-e",
                 {{64, {3, 3}}, {128, {3, 3}}, {256, {3, 3, 3, 3}}, {512, {3, 3, 3, 3}}, {512, {3, 3, 3, 3}}}),
    };
}

inline Network paper_network(const std::string& name) {
    for (const NetworkSpec& spec : paper_network_specs()) {
        if (spec.name == name) return Network(spec);
    }
    ADD_FAILURE() << "no network " << name;
    return Network(paper_network_specs().front());
}

/// Sizes of a network, and what the paper prints of it.
struct PaperNetwork {
    const char* name;
    std::size_t layers;
    std::uint64_t weights;
    std::uint64_t macs;                   ///< of one sample, forward
    std::vector<std::string> hypar_plan;  ///< Figure 5, H1 first
    std::uint64_t data_bytes;             ///< Figure 8, three digits
    std::uint64_t hypar_bytes;            ///< Figure 8, three digits
};

inline const std::vector<PaperNetwork>& paper_networks() {
    static const std::vector<PaperNetwork> kNetworks = {
        {"sfc", 4, 140722176, 140722176, {"1111", "1111", "0111", "1111"}, 16900000000, 681000000},
        {"sconv", 4, 100500, 12588000, {"0000", "0000", "0000", "0000"}, 12100000, 12100000},
        {"lenet-c", 4, 430500, 2293000, {"0011", "0010", "0000", "0011"}, 51700000, 16100000},
        {"cifar-c", 5, 145376, 12354176, {"00000", "00000", "00010", "00111"}, 17400000, 13500000},
        {"alexnet", 8, 16624656, 311191824, {"00000111", "00000111", "00000111", "00000100"}, 2000000000, 289000000},
        {"vgg-a",
         11,
         132851392,
         7609090048,
         {"00000000111", "00000000111", "00000000111", "00000001111"},
         15900000000,
         1470000000},
        {"vgg-b",
         13,
         133035712,
         11308466176,
         {"0000000000111", "0000000000111", "0000000000111", "0000000001111"},
         16000000000,
         1470000000},
        {"vgg-c",
         16,
         133625536,
         11770888192,
         {"0000000000000111", "0000000000000111", "0000000000000111", "0000000000000111"},
         16000000000,
         1580000000},
        {"vgg-d",
         16,
         138344128,
         15470264320,
         {"0000000000000111", "0000000000000111", "0000000000000111", "0000000000001111"},
         16600000000,
         2130000000},
        {"vgg-e",
         19,
         143652544,
         19632062464,
         {"0000000000000000111", "0000000000000000111", "0000000000000000111", "0000000000000001111"},
         17200000000,
         2760000000},
    };
    return kNetworks;
}

/// What HyPar's Tables 1 and 2 give for a plan in one training step, both directions and all pairs of a level
/// together: batch 256, 4 bytes an element. Worked out by hand, not by this program.
struct ExpectedByTables {
    const char* network;
    const char* strategy;
    std::vector<std::string> plan;
    std::array<std::uint64_t, kPaperLevels> bytes;  ///< by level, H1 first
    std::uint64_t sum;
};

inline const std::vector<ExpectedByTables>& expected_by_tables() {
    static const std::vector<ExpectedByTables> kExpected = {
        {"sfc",
         "data",
         {"0000", "0000", "0000", "0000"},
         {1125777408, 2251554816, 4503109632, 9006219264},
         16886661120},
        {"sfc", "model", {"1111", "1111", "1111", "1111"}, {75517952, 125870080, 226574336, 427982848}, 855945216},
        {"sfc", "trick", {"1111", "1111", "1111", "1111"}, {75517952, 125870080, 226574336, 427982848}, 855945216},
        {"sfc",
         "hypar-tables",
         {"1111", "1111", "0111", "1111"},
         {75517952, 125870080, 223428608, 356679680},
         781496320},
        {"sconv", "data", {"0000", "0000", "0000", "0000"}, {804000, 1608000, 3216000, 6432000}, 12060000},
        {"sconv", "model", {"1111", "1111", "1111", "1111"}, {56299520, 93839360, 168919040, 319078400}, 638136320},
        {"sconv", "trick", {"0000", "0000", "0000", "0000"}, {804000, 1608000, 3216000, 6432000}, 12060000},
        {"sconv", "hypar-tables", {"0000", "0000", "0000", "0000"}, {804000, 1608000, 3216000, 6432000}, 12060000},
        {"lenet-c", "data", {"0000", "0000", "0000", "0000"}, {3444000, 6888000, 13776000, 27552000}, 51660000},
        {"lenet-c", "model", {"1111", "1111", "1111", "1111"}, {12861440, 21442560, 38604800, 72929280}, 145838080},
        {"lenet-c", "trick", {"0011", "0011", "0011", "0011"}, {2579680, 3623360, 6017920, 10960640}, 23181600},
        {"lenet-c", "hypar-tables", {"0011", "0010", "0000", "0011"}, {2579680, 3622400, 4096000, 7304960}, 17603040},
        {"cifar-c", "data", {"00000", "00000", "00000", "00000"}, {1163008, 2326016, 4652032, 9304064}, 17445120},
        {"cifar-c",
         "model",
         {"11111", "11111", "11111", "11111"},
         {34820096, 58040320, 104480768, 197361664},
         394702848},
        {"cifar-c", "trick", {"00011", "00011", "00011", "00011"}, {1899264, 2422272, 3861504, 6936576}, 15119616},
        {"cifar-c",
         "hypar-tables",
         {"00000", "00000", "00010", "00011"},
         {1163008, 2326016, 3800064, 6268928},
         13558016},
        {"alexnet",
         "data",
         {"00000000", "00000000", "00000000", "00000000"},
         {132997248, 265994496, 531988992, 1063977984},
         1994958720},
        {"alexnet",
         "model",
         {"11111111", "11111111", "11111111", "11111111"},
         {402096128, 670842880, 1208336384, 2283323392},
         4564598784},
        {"alexnet",
         "trick",
         {"00000111", "00000111", "00000111", "00000111"},
         {26910848, 43729152, 79135232, 150832128},
         300607360},
        {"alexnet",
         "hypar-tables",
         {"00000111", "00000111", "00000111", "00000100"},
         {26910848, 43729152, 79135232, 148734976},
         298510208},
        {"vgg-a",
         "data",
         {"00000000000", "00000000000", "00000000000", "00000000000"},
         {1062811136, 2125622272, 4251244544, 8502489088},
         15942167040},
        {"vgg-a",
         "model",
         {"11111111111", "11111111111", "11111111111", "11111111111"},
         {8736161792, 14560952320, 26210533376, 49509695488},
         99017342976},
        {"vgg-a",
         "trick",
         {"00000000111", "00000000111", "00000000111", "00000000111"},
         {126645760, 212790272, 394713088, 763375616},
         1497524736},
        {"vgg-a",
         "hypar-tables",
         {"00000000111", "00000000111", "00000000111", "00000001111"},
         {126645760, 212790272, 394713088, 755281920},
         1489431040},
        {"vgg-b",
         "data",
         {"0000000000000", "0000000000000", "0000000000000", "0000000000000"},
         {1064285696, 2128571392, 4257142784, 8514285568},
         15964285440},
        {"vgg-b",
         "model",
         {"1111111111111", "1111111111111", "1111111111111", "1111111111111"},
         {23533666304, 39223459840, 70603046912, 133362221056},
         266722394112},
        {"vgg-b",
         "trick",
         {"0000000000111", "0000000000111", "0000000000111", "0000000000111"},
         {128120320, 215739392, 400611328, 775172096},
         1519643136},
        {"vgg-b",
         "hypar-tables",
         {"0000000000111", "0000000000111", "0000000000111", "0000000001111"},
         {128120320, 215739392, 400611328, 767078400},
         1511549440},
        {"vgg-c",
         "data",
         {"0000000000000000", "0000000000000000", "0000000000000000", "0000000000000000"},
         {1069004288, 2138008576, 4276017152, 8552034304},
         16035064320},
        {"vgg-c",
         "model",
         {"1111111111111111", "1111111111111111", "1111111111111111", "1111111111111111"},
         {27541323776, 45902888960, 82626019328, 156072280064},
         312142512128},
        {"vgg-c",
         "trick",
         {"0000000000000111", "0000000000000111", "0000000000000111", "0000000000000111"},
         {132838912, 225176576, 419485696, 812920832},
         1590422016},
        {"vgg-c",
         "hypar-tables",
         {"0000000000000111", "0000000000000111", "0000000000000111", "0000000000000111"},
         {132838912, 225176576, 419485696, 812920832},
         1590422016},
        {"vgg-d",
         "data",
         {"0000000000000000", "0000000000000000", "0000000000000000", "0000000000000000"},
         {1106753024, 2213506048, 4427012096, 8854024192},
         16601295360},
        {"vgg-d",
         "model",
         {"1111111111111111", "1111111111111111", "1111111111111111", "1111111111111111"},
         {27541323776, 45902888960, 82626019328, 156072280064},
         312142512128},
        {"vgg-d",
         "trick",
         {"0000000000000111", "0000000000000111", "0000000000000111", "0000000000000111"},
         {170587648, 300674048, 570480640, 1114910720},
         2156653056},
        {"vgg-d",
         "hypar-tables",
         {"0000000000000111", "0000000000000111", "0000000000000111", "0000000000001111"},
         {170587648, 300674048, 570480640, 1106817024},
         2148559360},
        {"vgg-e",
         "data",
         {"0000000000000000000", "0000000000000000000", "0000000000000000000", "0000000000000000000"},
         {1149220352, 2298440704, 4596881408, 9193762816},
         17238305280},
        {"vgg-e",
         "model",
         {"1111111111111111111", "1111111111111111111", "1111111111111111111", "1111111111111111111"},
         {31548981248, 52582318080, 94648991744, 178782339072},
         357562630144},
        {"vgg-e",
         "trick",
         {"0000000000000000111", "0000000000000000111", "0000000000000000111", "0000000000000000111"},
         {213054976, 385608704, 740349952, 1454649344},
         2793662976},
        {"vgg-e",
         "hypar-tables",
         {"0000000000000000111", "0000000000000000111", "0000000000000000111", "0000000000000001111"},
         {213054976, 385608704, 740349952, 1446555648},
         2785569280},
    };
    return kExpected;
}

/// What the transfers of a plan move in one training step, worked out by another program: batch 256, 4 bytes an
/// element, sums pooled. The batch is even at every level, and so the shares that are swapped come to as much as even
/// ones.
struct ExpectedTraffic {
    const char* name;
    std::uint64_t data;
    std::uint64_t model;
    std::uint64_t trick;
    std::uint64_t hypar;  ///< of Figure 5's plan
    std::uint64_t accpar;
    std::vector<std::string> accpar_plan;
    std::uint64_t two_splits;  ///< the least of batch and input channels
    std::uint64_t three_splits;
    std::uint64_t bound;
};

inline const std::vector<ExpectedTraffic>& expected_traffic() {
    static const std::vector<ExpectedTraffic> kExpected = {
        {"sfc",
         16886661120,
         755281920,
         755281920,
         680833024,
         218411008,
         {"2121", "2211", "2121", "1211"},
         680833024,
         201633792,
         201633792},
        {"sconv",
         12060000,
         563097600,
         12060000,
         12060000,
         12060000,
         {"0000", "0000", "0000", "0000"},
         12060000,
         12060000,
         4418151},
        {"lenet-c",
         51660000,
         128716800,
         22004000,
         16067040,
         12790240,
         {"0011", "0021", "0000", "0010"},
         16067040,
         11977440,
         8765162},
        {"cifar-c",
         17445120,
         348303360,
         15971584,
         13492480,
         13623552,
         {"00000", "00000", "00010", "00011"},
         13492480,
         13492480,
         9477912},
        {"alexnet",
         1994958720,
         4031201280,
         288843648,
         288843648,
         207644544,
         {"00000121", "00000212", "00000121", "00000212"},
         288843648,
         207447936,
         185342460},
        {"vgg-a",
         15942167040,
         87371857920,
         1491266048,
         1468721664,
         1369500160,
         {"00000000121", "00000000121", "00000000112", "00000001211"},
         1468721664,
         1295575552,
         1159719097},
        {"vgg-b",
         15964285440,
         235346903040,
         1513384448,
         1490840064,
         1391618560,
         {"0000000000121", "0000000000121", "0000000000112", "0000000001211"},
         1490840064,
         1317693952,
         1181837497},
        {"vgg-c",
         16035064320,
         275423477760,
         1584163328,
         1584163328,
         1459251712,
         {"0000000000000121", "0000000000000121", "0000000000000112", "0000000000000211"},
         1584163328,
         1459251712,
         1354032525},
        {"vgg-d",
         16601295360,
         275423477760,
         2150394368,
         2127849984,
         2028628480,
         {"0000000000000121", "0000000000000121", "0000000000000112", "0000000000001211"},
         2127849984,
         1954703872,
         1806769511},
        {"vgg-e",
         17238305280,
         315500052480,
         2787404288,
         2764859904,
         2665638400,
         {"0000000000000000121", "0000000000000000121", "0000000000000000112", "0000000000000001211"},
         2764859904,
         2591713792,
         2431701524},
    };
    return kExpected;
}

}  // namespace hypar
