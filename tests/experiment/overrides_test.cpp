#include "experiment/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

/// lenet-c with options of the form KEY=VALUE.
Experiment load_with(const std::vector<std::string>& options) {
    std::vector<Override> overrides;
    for (const std::string& option : options) {
        const std::size_t sign = option.find('=');
        overrides.push_back({option.substr(0, sign), option.substr(sign + 1), "--set " + option});
    }
    return load_experiment("lenet-c", overrides);
}

std::string mistake_with(const std::vector<std::string>& options) {
    return message_of([&] { load_with(options); });
}

TEST(Override, ReplacesAValueOfTheExperiment) {
    EXPECT_EQ(load_with({"batch=32"}).batch, 32U);
    EXPECT_EQ(load_with({"accelerators=4"}).array.accelerators, 4U);
    EXPECT_EQ(load_with({"topology=torus"}).array.interconnect.topology.kind, TopologyKind::Torus);
    EXPECT_EQ(load_with({"phases=[forward]"}).phases.size(), 1U);
    EXPECT_EQ(load_with({"strategy={plan: [0011, 0011, 0011, 0000]}"}).make_plan().to_strings().back(), "0000");
}

TEST(Override, ReachesIntoTheArrayAndTheNetwork) {
    EXPECT_EQ(load_with({"array.memory.timing.tRCD=13.6 ns"}).array.memory.timing.row_to_column_delay, 13600U);
    EXPECT_EQ(load_with({"array.memory.timing.tRCD=\"13.6 ns\""}).array.memory.timing.row_to_column_delay, 13600U);
    EXPECT_EQ(load_with({"array.accelerators=4"}).array.accelerators, 4U);
    EXPECT_EQ(load_with({"network.layers.0.kernel=3"}).network.layer(0).kernel, 3U);
    EXPECT_EQ(load_with({"network.layers.conv2.kernel=3"}).network.layer(1).kernel, 3U);
    EXPECT_EQ(load_with({"network.layers.conv1.pool.stride=1"}).network.layer(0).pool->stride, 1U);
}

TEST(Override, OfAReferenceComesBeforeThoseOfItsValues) {
    const Experiment experiment = load_with({"network.layers.0.kernel=5", "network=vgg-b", "array=hpca19-torus"});
    EXPECT_EQ(experiment.network.name(), "vgg-b");
    EXPECT_EQ(experiment.network.layer(0).kernel, 5U);
    EXPECT_EQ(experiment.array.name, "hpca19-torus");
}

TEST(Override, ThatComesLaterWins) {
    EXPECT_EQ(load_with({"batch=32", "batch=64"}).batch, 64U);
    EXPECT_EQ(load_with({"array.buffer.capacity=1 MiB", "array.buffer={capacity: 2 MiB, banks: 8, bank_width: 8 B}"})
                  .array.buffer.capacity_bytes,
              2097152U);
}

TEST(Override, MayReplaceAWholeMap) {
    const Experiment experiment =
        load_with({"network={name: n, input: {channels: 1, height: 1, width: 2}, layers: [{name: a, type: fc, "
                   "out_features: 3}]}"});
    EXPECT_EQ(experiment.network.name(), "n");
    EXPECT_EQ(load_with({"network.layers=[{name: a, type: fc, out_features: 3}]"}).network.size(), 1U);
}

TEST(Override, CreatesMissingMaps) {
    const YamlValue root = apply_setting(yaml_of("a: 1\nb:\n"), setting_of({"c.d.e", "5", "--set"}));
    EXPECT_EQ(root.find("c")->value.find("d")->value.find("e")->value.text, "5");
    EXPECT_EQ(apply_setting(root, setting_of({"b.x", "6", "--set"})).find("b")->value.find("x")->value.text, "6");
}

TEST(Override, OfOneOfTwoKeysTakesThePlaceOfTheOtherOne) {
    const std::string of_each = "array.interconnect.link_bandwidth=8 Gb/s";
    const std::string of_all = "array.interconnect.total_bandwidth=8 Gb/s";
    const InterconnectSpec each = load_with({of_each}).array.interconnect;  // the array's file has the total
    EXPECT_TRUE(each.is_per_link);
    EXPECT_EQ(each.bits_per_second, 8'000'000'000U);
    EXPECT_FALSE(load_with({of_all}).array.interconnect.is_per_link);
    EXPECT_FALSE(
        load_with({"array.interconnect={link_bandwidth: 1 Gb/s, link_latency: 4 ns, router_cycles: 1, packet: "
                   "1 KiB, flow_control: wormhole, flit: 16 B, buffer_flits: 4, virtual_channels: 2}",
                   of_all})
            .array.interconnect.is_per_link);
    EXPECT_TRUE(
        load_array("hpca19", {{"array.interconnect.link_bandwidth", "8 Gb/s", "--set"}}).interconnect.is_per_link);
    // Neither of two that are set is the one that is meant.
    EXPECT_EQ(
        mistake_with({of_each, of_all}),
        "--set array.interconnect.link_bandwidth=8 Gb/s: array.interconnect: expected either total_bandwidth, of "
        "all links, or link_bandwidth, of each");
}

TEST(Override, OfCollectivesTakesThePlaceOfThoseOfTheFile) {
    const std::string key = "array.interconnect.collectives";
    EXPECT_EQ(load_with({}).array.interconnect.collectives.all_reduce, CollectiveAlgorithm::Pairwise);
    EXPECT_EQ(load_with({key + "=ring"}).array.interconnect.collectives.all_gather, CollectiveAlgorithm::Ring);
    const CollectiveSpec some = load_with({key + "={all-reduce: tree}"}).array.interconnect.collectives;
    EXPECT_EQ(some.all_reduce, CollectiveAlgorithm::Tree);
    EXPECT_EQ(some.swap, CollectiveAlgorithm::Best);
    EXPECT_EQ(load_with({key + "={}", key + ".swap=direct"}).array.interconnect.collectives.swap,
              CollectiveAlgorithm::Direct);
    EXPECT_THAT(mistake_with({key + "=rig"}),
                HasSubstr("--set array.interconnect.collectives=rig: array.interconnect.collectives: unknown value"));
}

TEST(Override, ThatIsWrongIsNamedInPlaceOfTheFile) {
    EXPECT_EQ(mistake_with({"batch=0"}), "--set batch=0: batch: expected an integer of at least 1, not 0");
    EXPECT_EQ(mistake_with({"batch="}), "--set batch=: batch: expected an integer of at least 1, not an empty value");
    EXPECT_EQ(mistake_with({"array.memory.timing.tRCD=13.6"}),
              "--set array.memory.timing.tRCD=13.6: array.memory.timing.tRCD: expected a time with its unit, such as "
              "\"4 ns\", not 13.6");
    EXPECT_EQ(
        mistake_with({"network.layers.0.kernel=300"}),
        "--set network.layers.0.kernel=300: network.layers.0.kernel: the 300x300 kernel of conv1 is larger than "
        "its 28x28 input with padding 0");
    EXPECT_THAT(mistake_with({"accelerators=12", "topology=dragonfly"}),
                HasSubstr("--set topology=dragonfly: topology: a dragonfly of 12 accelerators needs "));
    EXPECT_EQ(mistake_with({"accelerators=2097152"}),
              "--set accelerators=2097152: accelerators: expected 1 to 1048576, not 2097152");
    EXPECT_THAT(mistake_with({"network=vgg-z"}),
                HasSubstr("--set network=vgg-z: network: unknown network \"vgg-z\""));
    EXPECT_EQ(mistake_with({"network=vgg-z.yaml"}),
              "--set network=vgg-z.yaml: network: there is no file \"vgg-z.yaml\"");
    EXPECT_EQ(mistake_with({"batch=[1"}), "--set batch=[1: not valid YAML: end of sequence flow not found");
}

TEST(Override, OfAnUnknownKeyIsRefused) {
    EXPECT_THAT(mistake_with({"bacth=3"}),
                HasSubstr("--set bacth=3: unknown key \"bacth\"; known: network, array, "));
    EXPECT_EQ(
        mistake_with({"array.memory.timing.tRCL=1 ns"}),
        "--set array.memory.timing.tRCL=1 ns: array.memory.timing: unknown key \"tRCL\"; known: tCK, tRCD, tCL, "
        "tCWL, tRP, tRAS, tRC, tRRD, tWR, tRTP, tWTR, tCCD, tFAW, tRFC, tREFI (did you mean \"tRCD\"?)");
    EXPECT_EQ(mistake_with({"array.cache.size=1 KiB"})
                  .rfind("--set array.cache.size=1 KiB: array: unknown key \"cache\"", 0),
              0U);
}

TEST(Override, ThroughAListNeedsAnItemThatIsThere) {
    EXPECT_EQ(mistake_with({"network.layers.4.kernel=1"}),
              "--set network.layers.4.kernel=1: network.layers: no item \"4\": the list has items 0 to 3");
    EXPECT_EQ(mistake_with({"network.layers.-1.kernel=1"}),
              "--set network.layers.-1.kernel=1: network.layers: unknown item \"-1\"; known: conv1, conv2, fc1, fc2");
    EXPECT_EQ(mistake_with({"network.layers.00.kernel=1"}),
              "--set network.layers.00.kernel=1: network.layers: no item \"00\": the list has items 0 to 3");
    EXPECT_EQ(
        mistake_with({"network.layers.conv3.kernel=1"}),
        "--set network.layers.conv3.kernel=1: network.layers: unknown item \"conv3\"; known: conv1, conv2, fc1, "
        "fc2");
    EXPECT_EQ(mistake_with({"phases=[]", "phases.0=forward"}),
              "--set phases.0=forward: phases: no item \"0\": the list has no items");
}

TEST(Override, ThroughAScalarIsRefused) {
    EXPECT_EQ(mistake_with({"array.clock.period=4 ns"}),
              "--set array.clock.period=4 ns: array.clock: \"250 MHz\" has no keys, so no \"period\"");
}

TEST(Override, WithAnEmptySegmentIsRefused) {
    for (const char* key : {"", ".", "a.", ".a", "array..clock"}) {
        const std::string message = message_of([&] { load_experiment("lenet-c", {{key, "1", "--set"}}); });
        EXPECT_EQ(message, std::string("--set: expected a key, or keys joined by dots, not \"") + key + "\"");
    }
}

}  // namespace
}  // namespace hypar
