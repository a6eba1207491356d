#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "experiment/resolved_inputs.h"
#include "experiment/sweep/sweep_reader.h"

namespace hypar {
namespace {

/// A number of the array as it is, and what it is varied to.
struct Number {
    std::string key;
    YamlValue value;
    std::vector<YamlValue> others;
};

/// Every number below `value`, lists left out.
void collect(const YamlValue& value, const std::string& key, std::vector<Number>& numbers) {
    for (const YamlEntry& entry : value.entries) collect(entry.value, key + "." + entry.key, numbers);
    Number number{key, value, {}};
    for (const auto& [times, over] : {std::pair(1U, 2U), std::pair(2U, 1U)}) {
        if (auto other = scaled_value(value, times, over)) number.others.push_back(std::move(*other));
    }
    if (!number.others.empty()) numbers.push_back(std::move(number));
}

/// What an experiment says of its array itself stands beside the array and comes first.
std::string as_experiments_own(const std::string& key, const YamlValue& experiment) {
    const std::string own = key.substr(key.find('.') + 1);
    return experiment.find(own.substr(0, own.find('.'))) != nullptr ? own : key;
}

/// One axis: all numbers as they are, then with one of them changed.
SweepAxis axis_of(const std::vector<Number>& numbers) {
    SweepAxis axis;
    std::vector<Setting> as_it_is;
    for (const Number& number : numbers) {
        axis.keys.push_back(number.key);
        as_it_is.push_back({number.key, number.value.place, number.value, {}});
    }
    axis.values.push_back(as_it_is);
    for (std::size_t index = 0; index < numbers.size(); ++index) {
        for (const YamlValue& other : numbers[index].others) {
            axis.values.push_back(as_it_is);
            axis.values.back()[index].value = other;
        }
    }
    return axis;
}

}  // namespace

Sweep sweep_around(const std::string& experiment) {
    const FileReference file = resolve_reference(FileKind::Experiment, experiment);
    const YamlValue root = read_experiment_file(file);
    experiment_of(root, file);  // it has to be one itself
    FileTrees trees;
    const YamlValue tree = with_defaults(resolved_experiment(root, file, {}, trees));
    std::vector<Number> numbers;
    collect(tree.find("array")->value, "array", numbers);
    for (Number& number : numbers) number.key = as_experiments_own(number.key, root);
    auto impl =
        std::make_shared<Sweep::Impl>(printable(file.path.stem().string()) + "-around", root, file,
                                      std::vector<SweepAxis>{axis_of(numbers)}, std::vector<Condition>{}, root.place);
    const auto is_no_experiment = [&](std::uint32_t combination) {
        try {
            impl->experiment(combination);
            return false;
        } catch (const ConfigError&) {
            return true;
        }
    };
    impl->points.erase(std::remove_if(impl->points.begin(), impl->points.end(), is_no_experiment),
                       impl->points.end());
    return Sweep(std::move(impl));
}

}  // namespace hypar
