// The tables of keys in docs/input-format.md are those that the lists of fields say.

#include <string>
#include <type_traits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/fields.h"
#include "experiment/experiment.h"
#include "experiment/layer_reader.h"
#include "experiment/yaml/quantity.h"
#include "tests/experiment/support.h"

namespace hypar {
namespace {

std::string range_of(const Count& count) {
    if (count.most == kLargestCount) return fmt::format("at least {}", count.least);
    return fmt::format("{} to {}", count.least, count.most);
}
std::string range_of(const Amount& amount) {
    return fmt::format("{} to {}", quantity_text(amount.quantity, amount.least),
                       quantity_text(amount.quantity, amount.most));
}
template <typename Kind>
std::string range_of(const Kind&) {
    return "";
}

/// A table of a spec's keys, with what each may be.
template <typename Spec>
std::string table_with_ranges() {
    std::string table = "| key | meaning | range |\n|---|---|---|\n";
    const auto add = [&](const Key& key, const std::string& range) {
        const std::string condition = key.condition;
        table += fmt::format("| `{}` | {} | {}{}{} |\n", key.name, key.meaning, range,
                             range.empty() || condition.empty() ? "" : "; ", condition);
    };
    const Spec spec;
    Spec::for_each_field(spec, [&](const Key& key, const auto&, const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (is_either<Kind>) {
            add(key, range_of(kind.amount));
            add(kind.other, range_of(kind.other_amount));
        } else if constexpr (!std::is_same_v<Kind, Unwritten>) {
            add(key, range_of(kind));
        }
    });
    return table;
}

std::string default_of(const Count&, std::uint64_t value) { return std::to_string(value); }
std::string default_of(const Apart&, const StrategyChoice& value) { return fmt::format("`{}`", value.name); }
std::string default_of(const Apart&, const std::vector<Phase>&) { return "all four"; }
template <typename Value>
std::string default_of(const Apart& apart, const Value&) {
    return apart.expected;
}
std::string default_of(const Amount& amount, std::uint64_t value) { return quantity_text(amount.quantity, value); }
std::string default_of(const Text& text, const std::string&) { return text.expected; }
std::string default_of(const Elsewhere& elsewhere, const Training&) { return elsewhere.default_words; }
template <typename Item, typename Value>
std::string default_of(const OneOf<Item>& choices, const Value& value) {
    for (const Item& item : choices) {
        if (value_of(item) == value) return fmt::format("`{}`", item.name);
    }
    return "";
}

template <typename Spec>
std::string table_with_defaults() {
    std::string table = "| key | meaning | default |\n|---|---|---|\n";
    const Spec spec;
    Spec::for_each_field(spec, [&](const Key& key, const auto& value, const auto& kind) {
        table += fmt::format("| `{}` | {} | {} |\n", key.name, key.meaning,
                             key.is_optional ? default_of(kind, value) : "required");
    });
    return table;
}

void expect_in_document(const std::string& table) {
    static const std::string kDocument = project_file("docs/input-format.md");
    EXPECT_NE(kDocument.find("\n" + table), std::string::npos) << "it should have\n" << table << "END";
}

TEST(InputFormat, HasTheFieldsOfAnArray) {
    expect_in_document(table_with_ranges<ArraySpec>());
    expect_in_document(table_with_ranges<PeArraySpec>());
    expect_in_document(table_with_ranges<SystolicSpec>());
    expect_in_document(table_with_ranges<MappingSpec>());
    expect_in_document(table_with_ranges<MappingGoal>());
    expect_in_document(table_with_ranges<MappingPin>());
    expect_in_document(table_with_ranges<BufferSpec>());
    expect_in_document(table_with_ranges<VectorUnitSpec>());
    expect_in_document(table_with_ranges<DmaSpec>());
    expect_in_document(table_with_ranges<MemorySpec>());
    expect_in_document(table_with_ranges<MemoryTimingSpec>());
    expect_in_document(table_with_ranges<InterconnectSpec>());
    expect_in_document(table_with_ranges<EnergyTable>());
}

TEST(InputFormat, HasTheKeysOfAnExperiment) {
    expect_in_document(table_with_defaults<Training>());
    expect_in_document(table_with_defaults<StrategyChoice>());
    expect_in_document(table_with_defaults<CollectiveSpec>());
    expect_in_document(table_with_defaults<ScheduleSpec>());
}

TEST(InputFormat, HasTheKindsOfLayers) {
    std::string table = "| `type` | what it computes |\n|---|---|\n";
    for (const LayerKind& kind : kLayerKinds) table += fmt::format("| `{}` | {} |\n", kind.name, kind.description);
    expect_in_document(table);
}

TEST(InputFormat, HasTheKeysOfEveryKindOfLayer) {
    for (const LayerKind& kind : kLayerKinds) {
        std::string table = fmt::format("| `{}` | meaning | default |\n|---|---|---|\n", kind.name);
        for (const LayerKey& key : keys_of(kind.type)) {
            const std::string initial = key.initial;
            table +=
                fmt::format("| `{}` | {} | {} |\n", key.name, key.meaning, initial.empty() ? "required" : initial);
        }
        if (!keys_of(kind.type).empty()) expect_in_document(table);
    }
}

}  // namespace
}  // namespace hypar
