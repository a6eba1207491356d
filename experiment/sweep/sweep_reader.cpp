#include "experiment/sweep/sweep_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

/// The base experiment's map, and the file that its paths are relative to.
struct Base {
    YamlValue root;
    FileReference file;
};

Base read_base(const Field& field, const FileReference& sweep) {
    constexpr const char* kExpected = "an experiment: a name, a path or the map itself";
    if (field.value().kind == YamlValue::Kind::Map) return {field.value(), sweep};
    if (field.value().kind != YamlValue::Kind::Scalar) throw field.expected(kExpected);
    FileReference file;
    try {
        file = resolve_reference(FileKind::Experiment, field.value().text, sweep.path.parent_path());
    } catch (const ConfigError& error) {
        throw field.located(error);
    }
    if (!std::filesystem::is_regular_file(file.path)) {
        throw field.error(fmt::format("there is no file \"{}\"", printable(file.label)));
    }
    return {read_experiment_file(file), file};
}

std::vector<SweepAxis> read_axes(const Field& field, const std::filesystem::path& folder) {
    if (field.value().kind != YamlValue::Kind::Map) {
        throw field.expected("a map of keys, each with the values that it takes");
    }
    if (field.value().entries.empty()) throw field.error("expected at least one key that varies");
    std::vector<SweepAxis> axes;
    std::vector<std::string> seen;
    for (const YamlEntry& entry : field.value().entries) {
        axes.push_back(read_axis(entry, field.key(), folder));
        for (const std::string& key : axes.back().keys) {
            if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
                throw ConfigError(field.key(), fmt::format("\"{}\" varies twice", printable(key)),
                                  entry.place.text());
            }
            seen.push_back(key);
        }
    }
    return axes;
}

ConditionKeys condition_keys(const std::vector<SweepAxis>& axes) {
    ConditionKeys keys{comparable_keys(), {"network.", "array."}};
    for (const SweepAxis& axis : axes) {
        for (const std::string& key : axis.keys) {
            if (!keys.contains(key)) keys.names.push_back(key);
        }
    }
    return keys;
}

std::vector<Condition> read_conditions(const Field& field, const ConditionKeys& keys) {
    std::vector<Field> items;
    if (field.value().kind == YamlValue::Kind::Scalar) {
        items.push_back(field);
    } else {
        items = read_list(field, "a condition, such as accelerators <= 16, or a list of conditions");
    }
    std::vector<Condition> conditions;
    for (const Field& item : items) {
        const std::string text = read_text(item);
        try {
            conditions.emplace_back(text, keys, item.value().place.moved(item.value().quoted ? 1 : 0));
        } catch (const ConfigError& error) {
            throw error.below(item.key());
        }
    }
    return conditions;
}

}  // namespace

Sweep sweep_of(const YamlValue& root_value, const FileReference& file) {
    const Field root(root_value, {});
    const MapReader map(root, {"base", "vary", "where"});
    Base base = read_base(map.required("base", "an experiment: a name, a path or the map itself"), file);
    const Field vary = map.required("vary", "a map of keys, each with the values that it takes");
    std::vector<SweepAxis> axes = read_axes(vary, file.path.parent_path());
    std::vector<Condition> conditions;
    const auto where = map.optional("where");
    if (where) conditions = read_conditions(*where, condition_keys(axes));
    auto impl = std::make_shared<Sweep::Impl>(printable(file.path.stem().string()), std::move(base.root),
                                              std::move(base.file), std::move(axes), std::move(conditions),
                                              (where ? *where : vary).value().place);
    impl->check_values();
    return Sweep(std::move(impl));
}

Sweep load_sweep(const std::string& reference) {
    const FileReference file = resolve_reference(FileKind::Sweep, reference);
    const YamlValue root = read_yaml_file(file.path, file.label);
    check_kind(root, FileKind::Sweep);
    return sweep_of(root, file);
}

std::string summary(const Sweep& sweep) {
    std::string text = fmt::format("{} points", sweep.size());
    if (sweep.size() < sweep.combinations())
        text = fmt::format("{} of {} points", sweep.size(), sweep.combinations());
    const std::vector<std::uint64_t> extents = sweep.extents();
    constexpr std::size_t kMostShown = 80;  // characters of a name
    std::vector<std::string> axes = sweep.axes();
    if (axes.size() == 1 && axes.front().size() > kMostShown) axes = {fmt::format("{} keys", sweep.keys().size())};
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        text += fmt::format("{}{} ({})", axis == 0 ? ": " : " x ", axes[axis], extents[axis]);
    }
    return text;
}

std::vector<std::string> dropped_lines(const Sweep& sweep) {
    std::vector<std::string> lines;
    const std::vector<std::string> axes = sweep.axes();
    const std::vector<std::uint64_t> repeated = sweep.repeated();
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        if (repeated[axis] == 0) continue;
        lines.push_back(fmt::format("{} of the values of {} left out: {} the same as one before it", repeated[axis],
                                    axes[axis], repeated[axis] == 1 ? "it says" : "each says"));
    }
    for (const DroppedPoints& dropped : sweep.dropped()) {
        lines.push_back(fmt::format("{} dropped where not: {}", dropped.points, printable(dropped.condition, 200)));
    }
    return lines;
}

}  // namespace hypar
