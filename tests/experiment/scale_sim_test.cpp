#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/import/import.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

using testing::HasSubstr;

const std::string kColumns =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";

std::string layers_of(const std::string& text) {
    const std::string yaml = import_bytes(text, "net.csv", {}).yaml;
    return yaml.substr(yaml.find("layers:\n") + 8);
}

std::string refusal_of(const std::string& text) {
    return message_of([&] { import_bytes(text, "net.csv", {}); });
}

TEST(ScaleSimImport, PutsPoolsAndZerosBetweenLayers) {
    // 227 -> 55; 31 = 27 + 4 zeros for a kernel of 5, 55 -> 27 by pooling; 27 -> 13, + 2 = 15; 13 -> 6: 256 x 36
    EXPECT_EQ(layers_of(kColumns + "Conv1, 227, 227, 11, 11, 3, 96, 4,\n"
                                   "Conv2, 31, 31, 5, 5, 96, 256, 1,\n"
                                   "Conv3, 15, 15, 3, 3, 256, 256, 1,\n"
                                   "FC6, 1, 1, 1, 1, 9216, 4096, 1,\n"
                                   "FC7, 1, 1, 1, 1, 4096, 1000, 1,\n"),
              "  - {name: Conv1, type: conv, out_channels: 96, kernel: 11, stride: 4, bias: false}\n"
              "  - {name: Conv2_pool, type: pool, kind: max, size: 2}\n"
              "  - {name: Conv2, type: conv, out_channels: 256, kernel: 5, padding: 2, bias: false}\n"
              "  - {name: Conv3_pool, type: pool, kind: max, size: 2}\n"
              "  - {name: Conv3, type: conv, out_channels: 256, kernel: 3, padding: 1, bias: false}\n"
              "  - {name: FC6_pool, type: pool, kind: max, size: 2}\n"
              "  - {name: FC6, type: fc, out_features: 4096, bias: false}\n"
              "  - {name: FC7, type: fc, out_features: 1000, bias: false}\n");
}

TEST(ScaleSimImport, FindsBranchesByTheirSizes) {
    EXPECT_EQ(layers_of(kColumns + "stem,8,8,1,1,3,16,1,\n"
                                   "a,8,8,1,1,16,24,1,\n"
                                   "b,8,8,1,1,16,40,1,\n"
                                   "join,8,8,1,1,64,10,1,\n"),
              "  - {name: stem, type: conv, out_channels: 16, kernel: 1, bias: false}\n"
              "  - {name: a, type: conv, out_channels: 24, kernel: 1, bias: false}\n"
              "  - {name: b, type: conv, out_channels: 40, kernel: 1, bias: false, inputs: [stem]}\n"
              "  - {name: join, type: conv, out_channels: 10, kernel: 1, bias: false, inputs: [a, b]}\n");
}

TEST(ScaleSimImport, ReadsProductsOfMatrices) {
    const ImportedFile file =
        import_bytes("Layer, M, N, K,\nup, 128, 3072, 768,\ndown, 128, 768, 3072,\n", "net.csv", {});
    EXPECT_THAT(file.yaml, HasSubstr("source: \"net.csv, a topology of SCALE-Sim\"\n"
                                     "input: {tokens: 128, features: 768}\n"
                                     "layers:\n"
                                     "  - {name: up, type: fc, out_features: 3072, bias: false}\n"
                                     "  - {name: down, type: fc, out_features: 768, bias: false}\n"));
    EXPECT_EQ(file.network.macs(), 2U * 128 * 768 * 3072);
}

TEST(ScaleSimImport, TellsWhatIsWrongAndWhere) {
    EXPECT_EQ(refusal_of(kColumns + "a,8,8,1,1,3,x,1,\n"),
              "net.csv:2: column 7: expected an integer from 1 to 2147483647, not \"x\"");
    EXPECT_EQ(refusal_of(kColumns + "a,8,8,1,1,3,\n"), "net.csv:2: expected 8 columns, not 6");
    EXPECT_THAT(refusal_of("one,two\n"), HasSubstr("net.csv:1: expected the columns of a SCALE-Sim topology"));
    EXPECT_EQ(refusal_of(kColumns + "a,8,8,1,1,3,4,1,\nb,8,8,1,1,5,4,1,\nc,8,8,1,1,7,4,1,\n"),
              "net.csv: cannot be imported:\n"
              "  line 3, layer \"b\": no layer above makes the 5 channels that it reads\n"
              "  line 4, layer \"c\": no layer above makes the 7 channels that it reads");
}

}  // namespace
}  // namespace hypar
