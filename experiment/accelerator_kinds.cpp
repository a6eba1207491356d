#include "experiment/accelerator_kinds.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "experiment/array_reader.h"
#include "experiment/references.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"
#include "partition/levels.h"

namespace hypar {
namespace {

constexpr const char* kAccelerators = "accelerators";
constexpr const char* kKinds = "kinds";

std::vector<std::string> names_of_kinds(const Field& kinds) {
    if (kinds.value().kind != YamlValue::Kind::Map) throw kinds.expected("a map of kinds of accelerators");
    std::vector<std::string> names;
    for (const YamlEntry& entry : kinds.value().entries) {
        if (entry.value.kind != YamlValue::Kind::Null) {
            const MapReader checked(Field(entry.value, kinds.key_of(entry.key)), keys_of_a_kind());
        }
        names.push_back(entry.key);
    }
    return names;
}

void erase(YamlValue& map, const char* key) {
    map.entries.erase(std::remove_if(map.entries.begin(), map.entries.end(),
                                     [&](const YamlEntry& entry) { return entry.key == key; }),
                      map.entries.end());
}

KindGroup read_group(const Field& item, const Field& kinds, const std::vector<std::string>& names) {
    const MapReader map(item, {"count", "kind", "share"});
    KindGroup group;
    group.accelerators = read_integer(map.required("count", "how many there are"), 1, kMostShared);
    if (const auto share = map.optional("share")) group.share = read_integer(*share, 1);
    group.kind = names[read_choice(map.required("kind", "one of the array's kinds"), names)];
    group.array = kinds.value().find(group.kind)->value;
    return group;
}

void check_shares(const Field& list, const std::vector<KindGroup>& groups) {
    const auto has_share = [](const KindGroup& group) { return group.share > 0; };
    const auto given = std::count_if(groups.begin(), groups.end(), has_share);
    if (given == 0 || given == static_cast<std::ptrdiff_t>(groups.size())) return;
    throw list.error("expected a share of each of them, or of none");
}

}  // namespace

const std::vector<std::string>& keys_of_a_kind() {
    static const std::vector<std::string> kKeys = {"processing_units", "pe_array", "mapping", "buffer"};
    return kKeys;
}

bool has_kinds(const YamlValue& array) {
    const YamlEntry* accelerators = array.find(kAccelerators);
    const bool is_list = accelerators != nullptr && accelerators->value.kind == YamlValue::Kind::Sequence;
    return is_list || array.find(kKinds) != nullptr;
}

ArrayOfKinds take_kinds_apart(const Field& array) {
    const YamlEntry* list = array.value().find(kAccelerators);
    const YamlEntry* given = array.value().find(kKinds);
    if (list == nullptr) throw array.error("missing key \"accelerators\"; expected a list of kinds and their counts");
    const Field accelerators(list->value, array.key_of(kAccelerators));
    if (given == nullptr) {
        throw accelerators.error("the array has no kinds of accelerators; expected their number, or the key kinds");
    }
    const Field kinds(given->value, array.key_of(kKinds));
    const std::vector<std::string> names = names_of_kinds(kinds);
    ArrayOfKinds apart;
    std::uint64_t total = 0;
    for (const Field& item :
         read_list(accelerators, "a list of kinds of accelerators, each {count: N, kind: NAME}")) {
        apart.groups.push_back(read_group(item, kinds, names));
        total = checked_add(total, apart.groups.back().accelerators);
    }
    check_shares(accelerators, apart.groups);
    for (const std::string& name : names) {
        const auto is_of_it = [&](const KindGroup& group) { return group.kind == name; };
        if (std::any_of(apart.groups.begin(), apart.groups.end(), is_of_it)) continue;
        throw Field(kinds.value().find(name)->value, kinds.key_of(name)).error("no accelerators are of this kind");
    }
    apart.array = array.value();
    erase(apart.array, kKinds);
    YamlValue& number = apart.array.find(kAccelerators)->value;
    number.items.clear();
    number.kind = YamlValue::Kind::Scalar;
    number.text = std::to_string(total);
    read_accelerators(Field(number, accelerators.key()));
    for (KindGroup& group : apart.groups) {
        const YamlValue own = std::move(group.array);
        group.array = apart.array;
        if (own.kind == YamlValue::Kind::Map) lay_over(group.array, own);
    }
    return apart;
}

}  // namespace hypar
