// `hypar run --chakra`: every field of the execution traces, as protoc decodes them.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/apps/program.h"

namespace hypar::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

/// The fields and types that mlcommons/chakra's et_def.proto has, in a file as one message: each of its messages
/// stands behind its length, as a field's does.
constexpr const char* kProto = R"(syntax = "proto3";
message Attribute {
  string name = 1;
  oneof value { int32 int32_val = 7; int64 int64_val = 9; uint64 uint64_val = 13; bool bool_val = 27;
                string string_val = 29; }
}
message Metadata { string version = 1; }
enum Type { NONE = 0; COMP = 4; SEND = 5; RECV = 6; COLL = 7; }
message Node {
  uint64 id = 1; string name = 2; Type type = 3; repeated uint64 ctrl_deps = 4; repeated uint64 data_deps = 5;
  uint64 duration_micros = 7; repeated Attribute attr = 10;
}
message Trace { Metadata metadata = 1; repeated Node node = 2; }
)";

struct Node {
    std::uint64_t id = 0;
    std::string name;
    std::string type;
    std::vector<std::uint64_t> needs;
    std::uint64_t microseconds = 0;
    std::map<std::string, std::string> attributes;  ///< "comm_size": "int64_val: 4"

    std::uint64_t number(const std::string& attribute, const std::string& type_of_it) const {
        const std::string text = attributes.at(attribute);
        EXPECT_EQ(text.substr(0, text.find(':')), type_of_it) << attribute;
        return std::stoull(text.substr(text.find(' ') + 1));
    }
    std::uint64_t bytes() const { return number("comm_size", "int64_val"); }
};

/// A file's messages as the fields of one: the first of number 1, the others of number 2.
std::string as_one_message(const std::string& file) {
    std::string message;
    for (std::size_t begin = 0; begin < file.size();) {
        std::size_t end = begin;
        std::size_t length = 0;
        for (int shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(file.at(end++));
            length |= std::size_t{byte & 127U} << shift;
            if (byte < 128) break;
        }
        end += length;
        EXPECT_LE(end, file.size());
        message += (begin == 0 ? '\x0a' : '\x12') + file.substr(begin, end - begin);
        begin = end;
    }
    return message;
}

std::vector<Node> nodes_of_text(const std::string& text) {
    std::vector<Node> nodes;
    std::istringstream lines(text);
    std::string attribute;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(": ");
        const std::size_t begin = line.find_first_not_of(' ');
        const std::string field = line.substr(begin, colon == std::string::npos ? colon : colon - begin);
        const std::string value = colon == std::string::npos ? "" : line.substr(colon + 2);
        const std::string unquoted = value.size() > 1 ? value.substr(1, value.size() - 2) : "";
        if (line == "node {") nodes.emplace_back();
        if (begin == 4 && field == "name") attribute = unquoted;
        if (begin == 4 && field != "name") nodes.back().attributes[attribute] = line.substr(begin);
        if (begin != 2 || nodes.empty()) continue;
        if (field == "id") nodes.back().id = std::stoull(value);
        if (field == "name") nodes.back().name = unquoted;
        if (field == "type") nodes.back().type = value;
        if (field == "data_deps") nodes.back().needs.push_back(std::stoull(value));
        if (field == "duration_micros") nodes.back().microseconds = std::stoull(value);
    }
    return nodes;
}

class Chakra : public testing::Test {
protected:
    void SetUp() override {
        if (run_shell("command -v protoc").status != 0)
            GTEST_SKIP() << "there is no protoc (Debian: protobuf-compiler)";
        folder_.write("trace.proto", kProto);
    }

    /// Runs an experiment, and decodes the traces of its accelerators.
    void run(const std::vector<std::string>& experiment) {
        std::vector<std::string> words = {"run"};
        words.insert(words.end(), experiment.begin(), experiment.end());
        words.insert(words.end(), {"--chakra", "traces", "--format", "json"});
        const Outcome outcome = run_program(words, folder_.path());
        ASSERT_EQ(outcome.status, 0) << outcome.errors;
        report_ = json::parse(outcome.output);
        groups_ = json::parse(read_file(folder_.path() / "traces/groups.json"));
        traces_.clear();
        for (std::size_t rank = 0; rank < report_["accelerators"].size(); ++rank) {
            const std::string file = "traces/step." + std::to_string(rank) + ".et";
            folder_.write("message", as_one_message(read_file(folder_.path() / file)));
            const Outcome decoded = run_shell("protoc --decode=Trace trace.proto <message", folder_.path());
            ASSERT_EQ(decoded.status, 0) << decoded.errors;
            EXPECT_THAT(decoded.output, testing::StartsWith("metadata {\n  version: \"0.0.4\"\n}\nnode {\n"));
            for (std::size_t number = 1; number <= 31; ++number) {  // fields that the schema above has not
                EXPECT_EQ(decoded.output.find("\n  " + std::to_string(number) + ": "), std::string::npos);
            }
            traces_.push_back(nodes_of_text(decoded.output));
        }
    }

    /// Each node comes behind those that it needs, so there is no cycle.
    void expect_order() const {
        for (const std::vector<Node>& nodes : traces_) {
            std::uint64_t last = 0;
            for (const Node& node : nodes) {
                EXPECT_EQ(node.id, ++last);
                for (const std::uint64_t other : node.needs) EXPECT_LT(other, node.id);
                EXPECT_EQ(node.attributes.at("is_cpu_op"), "bool_val: false");
            }
        }
    }

    /// What collectives send, whatever the algorithm that wastes nothing, and all the rest.
    std::uint64_t sent_bytes() const {
        std::uint64_t sum = 0;
        for (std::size_t rank = 0; rank < traces_.size(); ++rank) {
            for (const Node& node : traces_[rank]) {
                if (node.type == "SEND") sum += node.bytes();
                if (node.type != "COLL" || members_of(node).front() != rank) continue;
                const std::uint64_t members = members_of(node).size();
                switch (node.number("comm_type", "int64_val")) {
                    case 0: sum += 2 * (members - 1) * node.bytes(); break;        // all-reduce
                    case 2: sum += members * (members - 1) * node.bytes(); break;  // all-gather
                    case 7: sum += (members - 1) * node.bytes(); break;            // reduce-scatter
                    default: ADD_FAILURE() << node.attributes.at("comm_type");
                }
            }
        }
        return sum;
    }

    json members_of(const Node& node) const {
        const std::string name = node.attributes.at("pg_name");
        EXPECT_EQ(name.substr(0, 13), "string_val: \"");
        return groups_.at(name.substr(13, name.size() - 14));
    }

    /// Whatever is sent is received, and members of a group carry out the same collectives in the same order.
    void expect_partners() const {
        std::multiset<std::vector<std::uint64_t>> sent;
        std::multiset<std::vector<std::uint64_t>> received;
        std::map<std::string, std::map<std::size_t, std::vector<std::string>>> collectives;
        for (std::size_t rank = 0; rank < traces_.size(); ++rank) {
            for (const Node& node : traces_[rank]) {
                if (node.type == "COLL") {
                    EXPECT_THAT(members_of(node), testing::Contains(rank));
                    collectives[node.attributes.at("pg_name")][rank].push_back(
                        node.name + node.attributes.at("comm_type") + node.attributes.at("comm_size"));
                }
                if (node.type != "SEND" && node.type != "RECV") continue;
                const std::uint64_t from = node.number("comm_src", "int32_val");
                const std::uint64_t to = node.number("comm_dst", "int32_val");
                EXPECT_EQ(node.type == "SEND" ? from : to, rank);
                (node.type == "SEND" ? sent : received)
                    .insert({from, to, node.number("comm_tag", "int32_val"), node.bytes()});
            }
        }
        EXPECT_EQ(sent, received);
        for (const auto& [name, by_rank] : collectives) {
            EXPECT_EQ(by_rank.size(), groups_.at(name.substr(13, name.size() - 14)).size());
            for (const auto& [rank, nodes] : by_rank) EXPECT_EQ(nodes, by_rank.begin()->second);
        }
    }

    std::uint64_t operations() const {
        std::uint64_t sum = 0;
        for (const std::vector<Node>& nodes : traces_) {
            for (const Node& node : nodes) {
                if (node.type == "COMP") sum += node.number("num_ops", "int64_val");
            }
        }
        return sum;
    }

    void expect_conserved() const {
        expect_order();
        expect_partners();
        EXPECT_EQ(sent_bytes(), report_["traffic_bytes"]);
        std::uint64_t reported = 0;
        for (const json& layer : report_["layers"]) {
            for (const json& phase : layer["phases"]) {
                reported +=
                    2 * phase.value("macs", std::uint64_t{0}) + phase.value("vector_operations", std::uint64_t{0});
            }
        }
        EXPECT_EQ(operations(), reported);
    }

    TemporaryFolder folder_;
    std::vector<std::vector<Node>> traces_;
    json report_;
    json groups_;
};

TEST_F(Chakra, StepOfVggAOnFourAccelerators) {
    run({"vgg-a", "--accelerators", "4"});
    expect_conserved();
    ASSERT_EQ(traces_.size(), 4U);
    for (const std::vector<Node>& nodes : traces_) {
        std::uint64_t microseconds = 0;
        std::set<std::string> names;
        for (const Node& node : nodes) {
            microseconds += node.microseconds;
            names.insert(node.name);
            EXPECT_EQ(node.type == "COMP", node.microseconds > 0 || node.name.find("update") != std::string::npos);
            // Nothing overlaps: a node waits for what came before.
            EXPECT_EQ(node.needs.empty(), node.id == 1);
        }
        EXPECT_NEAR(static_cast<double>(microseconds), 1e6 * report_["step"]["compute_seconds"].get<double>(), 1);
        EXPECT_THAT(names, IsSupersetOf({"conv1_1 forward", "fc3 backward", "conv5_2 gradient all-reduce H1-H2"}));
    }
    // conv1_1 of 64 samples: 224 x 224 x 64 outputs of 3 x 3 x 3 multiply-accumulates
    const Node& first = traces_[0].front();
    EXPECT_EQ(first.name, "conv1_1 forward");
    EXPECT_EQ(first.number("num_ops", "int64_val"), 2ULL * 64 * 224 * 224 * 64 * 27);
    EXPECT_GT(first.number("tensor_size", "uint64_val"), 4ULL * 64 * 224 * 224 * 3);
    // The gradient of its 1728 weights, in 4 bytes.
    const auto is_sum = [](const Node& node) { return node.name == "conv1_1 gradient all-reduce H1-H2"; };
    const auto sum = std::find_if(traces_[0].begin(), traces_[0].end(), is_sum);
    ASSERT_NE(sum, traces_[0].end());
    EXPECT_EQ(sum->type, "COLL");
    EXPECT_EQ(sum->bytes(), 4U * 1728);
    EXPECT_EQ(sum->number("comm_type", "int64_val"), 0U);
    EXPECT_EQ(members_of(*sum), json::parse("[0, 1, 2, 3]"));
}

/// Three accelerators share 20, 50, 500 and 10 channels unevenly; ten samples as well.
TEST_F(Chakra, UnevenSharesConserveBytes) {
    for (const char* strategy : {"model", "data", "hypar"}) {
        run({"lenet-c", "--accelerators", "3", "--batch", "10", "--strategy", strategy});
        expect_conserved();
        const auto sends = [](const Node& node) { return node.type == "SEND"; };
        EXPECT_EQ(std::any_of(traces_[0].begin(), traces_[0].end(), sends), strategy != std::string("data"));
    }
}

TEST_F(Chakra, OverlappedTasksNeedWhatTheyNeed) {
    run({"lenet-c", "--accelerators", "4", "--set", "schedule={kind: overlapped, bucket: 1 kB}"});
    expect_conserved();
    std::map<std::uint64_t, std::set<std::uint64_t>> behind;  // all that a node waits for
    std::map<std::string, std::uint64_t> ids;
    for (const Node& node : traces_[0]) {
        for (const std::uint64_t other : node.needs) {
            behind[node.id].insert(other);
            behind[node.id].insert(behind[other].begin(), behind[other].end());
        }
        ids[node.name] = node.id;
    }
    // Gradients are summed up beside the backward phase; the update waits for them.
    const std::uint64_t sum = ids.at("conv2 gradient all-reduce H1-H2");
    EXPECT_EQ(behind[ids.at("conv1 gradient")].count(sum), 0U);
    EXPECT_EQ(behind[ids.at("conv2 update")].count(sum), 1U);
    EXPECT_EQ(behind[sum].count(ids.at("conv2 gradient")), 1U);
}

TEST_F(Chakra, FolderHasTheTracesOfTheLastRunAlone) {
    run({"lenet-c", "--accelerators", "4"});
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "traces/step.3.et"));
    run({"lenet-c", "--accelerators", "2"});
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "traces/step.2.et"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "traces/step.3.et"));
    folder_.write("file", "");
    const Outcome outcome = run_program({"run", "lenet-c", "--chakra", "file"}, folder_.path());
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.errors, testing::StartsWith("hypar: --chakra file: cannot make the folder"));
}

}  // namespace
}  // namespace hypar::test
