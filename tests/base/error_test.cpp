#include "base/error.h"

#include <string>

#include <gtest/gtest.h>

namespace hypar {
namespace {

TEST(ConfigError, SaysPlaceKeyAndProblem) {
    const ConfigError error("layers.2.kernel", "too large", "vgg-a.yaml:7:13");
    EXPECT_STREQ(error.what(), "vgg-a.yaml:7:13: layers.2.kernel: too large");
    EXPECT_EQ(error.place(), "vgg-a.yaml:7:13");
    EXPECT_EQ(error.key(), "layers.2.kernel");
    EXPECT_EQ(error.problem(), "too large");
}

TEST(ConfigError, LeavesOutWhatIsNotKnown) {
    EXPECT_STREQ(ConfigError("batch", "too large").what(), "batch: too large");
    EXPECT_STREQ(ConfigError("", "no such file").what(), "no such file");
    EXPECT_STREQ(ConfigError("", "not valid YAML", "a.yaml:1:1").what(), "a.yaml:1:1: not valid YAML");
}

TEST(ConfigError, IsPlacedByTheReaderOfTheFile) {
    const ConfigError error = ConfigError("batch", "too large", "b.yaml:2:3").at("a.yaml:1:8");
    EXPECT_STREQ(error.what(), "a.yaml:1:8: batch: too large");
    EXPECT_EQ(error.key(), "batch");
}

TEST(ConfigError, GetsItsKeyPrefixedFromTheInsideOut) {
    const ConfigError error = ConfigError("size", "too large", "a.yaml:1:8").below("pool").below("layers.2");
    EXPECT_STREQ(error.what(), "a.yaml:1:8: layers.2.pool.size: too large");
    EXPECT_EQ(error.key(), "layers.2.pool.size");
}

TEST(ConfigError, WithoutAKeyTakesThePrefixAlone) {
    EXPECT_EQ(ConfigError("", "expected a map").below("array").key(), "array");
}

}  // namespace
}  // namespace hypar
