#include "report/chakra/chakra.h"

#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <protozero/pbf_builder.hpp>
#include <protozero/varint.hpp>

namespace hypar {
namespace {

// Numbers of fields and kinds: mlcommons/chakra, schema/protobuf/et_def.proto.
enum class Metadata : protozero::pbf_tag_type { Version = 1 };
enum class Node : protozero::pbf_tag_type { Id = 1, Name = 2, Type = 3, DataDeps = 5, Duration = 7, Attribute = 10 };
enum class Attribute : protozero::pbf_tag_type {
    Name = 1,
    Int32 = 7,
    Int64 = 9,
    Uint64 = 13,
    Bool = 27,
    String = 29
};
using NodeBuilder = protozero::pbf_builder<Node>;

std::int32_t number_of(ExecutionNode::Kind kind) {
    switch (kind) {
        case ExecutionNode::Kind::Compute: return 4;
        case ExecutionNode::Kind::Send: return 5;
        case ExecutionNode::Kind::Receive: return 6;
        case ExecutionNode::Kind::Collective: break;
    }
    return 7;
}

std::int64_t number_of(CollectiveKind kind) {
    switch (kind) {
        case CollectiveKind::AllReduce: return 0;
        case CollectiveKind::AllGather: return 2;
        case CollectiveKind::Swap: return 6;
        case CollectiveKind::ReduceScatter: break;
    }
    return 7;
}

std::string name_of_group(std::size_t group) { return std::to_string(group + 1); }

template <typename Add>
void add_attribute(NodeBuilder& node, const char* name, const Add& add) {
    protozero::pbf_builder<Attribute> attribute(node, Node::Attribute);
    attribute.add_string(Attribute::Name, name);
    add(attribute);
}
void add_int64(NodeBuilder& node, const char* name, std::uint64_t value) {
    add_attribute(node, name, [&](auto& to) { to.add_int64(Attribute::Int64, static_cast<std::int64_t>(value)); });
}
void add_int32(NodeBuilder& node, const char* name, std::uint64_t value) {
    add_attribute(node, name, [&](auto& to) { to.add_int32(Attribute::Int32, static_cast<std::int32_t>(value)); });
}

void add_attributes(NodeBuilder& builder, const ExecutionNode& node, std::uint64_t accelerator) {
    add_attribute(builder, "is_cpu_op", [](auto& to) { to.add_bool(Attribute::Bool, false); });
    switch (node.kind) {
        case ExecutionNode::Kind::Compute:
            add_int64(builder, "num_ops", node.operations);
            add_attribute(builder, "tensor_size",
                          [&](auto& to) { to.add_uint64(Attribute::Uint64, node.memory_bytes); });
            return;
        case ExecutionNode::Kind::Collective:
            add_int64(builder, "comm_type", static_cast<std::uint64_t>(number_of(node.collective)));
            add_int64(builder, "comm_size", node.bytes);
            add_attribute(builder, "pg_name",
                          [&](auto& to) { to.add_string(Attribute::String, name_of_group(node.group)); });
            return;
        case ExecutionNode::Kind::Send:
        case ExecutionNode::Kind::Receive: break;
    }
    const bool sends = node.kind == ExecutionNode::Kind::Send;
    add_int64(builder, "comm_size", node.bytes);
    add_int32(builder, "comm_src", sends ? accelerator : node.peer);
    add_int32(builder, "comm_dst", sends ? node.peer : accelerator);
    add_int32(builder, "comm_tag", node.tag);
}

/// A message behind its length.
void append(std::string& file, const std::string& message) {
    protozero::write_varint(std::back_inserter(file), message.size());
    file += message;
}

}  // namespace

std::string chakra_trace(const Execution& execution, std::uint64_t accelerator) {
    std::string file;
    std::string message;
    protozero::pbf_builder<Metadata>(message).add_string(Metadata::Version, "0.0.4");
    append(file, message);
    std::uint64_t id = 0;
    for (const ExecutionNode& node : execution.nodes_of(accelerator)) {
        message.clear();
        NodeBuilder builder(message);
        builder.add_uint64(Node::Id, ++id);
        builder.add_string(Node::Name, node.name);
        builder.add_enum(Node::Type, number_of(node.kind));
        std::vector<std::uint64_t> after;
        for (const std::size_t other : node.after) after.push_back(other + 1);
        builder.add_packed_uint64(Node::DataDeps, after.begin(), after.end());
        if (node.kind == ExecutionNode::Kind::Compute) builder.add_uint64(Node::Duration, node.microseconds);
        add_attributes(builder, node, accelerator);
        append(file, message);
    }
    return file;
}

std::string chakra_groups(const Execution& execution) {
    std::string text;
    for (std::size_t group = 0; group < execution.groups().size(); ++group) {
        text += fmt::format("{}\n \"{}\": [{}]", group == 0 ? "" : ",", name_of_group(group),
                            fmt::join(execution.groups()[group], ", "));
    }
    return "{" + text + "\n}\n";
}

}  // namespace hypar
