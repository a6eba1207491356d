#include "arch/unit/mapper.h"

#include <algorithm>
#include <set>

#include "arch/unit/mapping_search.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/even_part.h"

namespace hypar {
namespace {

/// Parts of sizes that differ by at most one, the larger ones first.
std::vector<std::uint64_t> even_parts(std::uint64_t whole, std::uint64_t parts) {
    std::vector<std::uint64_t> sizes(parts);
    for (std::uint64_t part = 0; part < parts; ++part) sizes[part] = even_part(whole, part, parts);
    return sizes;
}

/// Two loops that units divide together.
using LoopPair = std::pair<Loop, Loop>;

/// Those that make up the result, but for rows; where there are groups, also these in place of the first of its
/// channels.
std::vector<LoopPair> divided_loops(const LoopNest& nest) {
    std::vector<Loop> made;
    for (const Loop loop : {Loop::Samples, Loop::InChannels, Loop::OutChannels}) {
        if (contains(made_loops(nest), loop)) made.push_back(loop);
    }
    std::vector<LoopPair> pairs{{made[0], made[1]}};
    if (nest.groups > 1) {
        pairs.push_back(made[0] == Loop::Samples ? LoopPair{made[0], Loop::Groups} : LoopPair{Loop::Groups, made[1]});
    }
    return pairs;
}

/// Into how many parts two loops may be divided.
using Parts = std::pair<std::uint64_t, std::uint64_t>;

/// The fewest parts of which the largest is no larger than if there were `parts`.
std::uint64_t needed_parts(std::uint64_t extent, std::uint64_t parts) {
    return ceil_divide(extent, ceil_divide(extent, parts));
}

/// Divisions that leave no unit idle which could make parts smaller, and, since each unit reads what it needs for
/// itself, those that have half of the units, a quarter, ...: so what some units can do more can do as well.
std::set<Parts> divisions_of(std::uint64_t first, std::uint64_t second, std::uint64_t units) {
    std::set<Parts> divisions;
    for (std::uint64_t at_work = units; at_work > 0; at_work /= 2) {
        for (const std::uint64_t parts : fractions_of(at_work)) {
            divisions.emplace(needed_parts(first, parts), needed_parts(second, at_work / parts));
        }
    }
    return divisions;
}

UnitNests divide_in(const LoopNest& shard, const LoopPair& loops, std::uint64_t first_parts,
                    std::uint64_t second_parts) {
    const auto first = kExtents[at(loops.first)];
    const auto second = kExtents[at(loops.second)];
    UnitNests nests;
    for (const std::uint64_t first_size : even_parts(shard.*first, first_parts)) {
        for (const std::uint64_t second_size : even_parts(shard.*second, second_parts)) {
            LoopNest nest = shard;
            nest.*first = first_size;
            nest.*second = second_size;
            if (!nest.empty()) nests.push_back(nest);
        }
    }
    return nests;
}

}  // namespace

const DividedShard& Mapper::divide(const LoopNest& shard, const MappingPin* pin) {
    static const DividedShard kNothing;
    if (shard.empty()) return kNothing;
    Key key{shard, {}};
    if (pin != nullptr) key.second = {pin->n, pin->m, pin->e, pin->p, pin->q, pin->r, pin->t};
    const auto remembered = divided_.find(key);
    if (remembered != divided_.end()) return remembered->second;
    DividedShard division;
    try {
        division = find_division(shard, pin);
    } catch (const ConfigError&) {
        // Tiles block rows and take columns whole, so long rows may do as columns.
        const LoopNest turned = shard.turned();
        if (pin != nullptr || turned.in_height <= shard.in_height) throw;
        division = find_division(turned, pin);
    }
    news_.emplace_back(divided_.emplace(key, std::move(division)).first);
    return news_.back()->second;
}

DividedShard Mapper::find_division(const LoopNest& shard, const MappingPin* pin) const {
    std::vector<UnitNests> divisions;
    std::vector<UnitWork> works;
    for (const LoopPair& loops : divided_loops(shard)) {
        const std::uint64_t first = shard.*kExtents[at(loops.first)];
        const std::uint64_t second = shard.*kExtents[at(loops.second)];
        for (const Parts& parts : divisions_of(first, second, target_.units)) {
            divisions.push_back(divide_in(shard, loops, parts.first, parts.second));
            works.push_back({divisions.back().front(), divisions.back().size()});
        }
    }
    const BestWork best = search_mapping(target_, works, pin);
    return {std::move(divisions[best.work]), best.mapping.mapping};
}

const MappingPin* Mapper::pin_of(const std::string& layer, Phase phase) const {
    const std::vector<MappingPin>& pins = target_.unit.mapping.pins;
    const auto found = std::find_if(pins.begin(), pins.end(),
                                    [&](const MappingPin& pin) { return pin.phase == phase && pin.layer == layer; });
    return found == pins.end() ? nullptr : &*found;
}

TileSchedule Mapper::schedule(const LoopNest& nest, const DividedShard& division) const {
    return TileSchedule(nest, division.mapping, target_.unit.element_bytes).led_by(division.nests.front());
}

TileSchedule Mapper::schedule(const LoopNest& nest) const {
    const MappingChoice best = search_mapping(target_, {{nest, target_.units}}).mapping;
    return TileSchedule(nest, best.mapping, target_.unit.element_bytes);
}

Words Mapper::take_news() {
    Words words;
    for (const auto& news : news_) {
        append_value(words, news->first.first);
        append_value(words, news->first.second);
        append_value(words, news->second.mapping);
        append_value(words, news->second.nests);
    }
    news_.clear();
    return words;
}

void Mapper::learn(const Words& news) {
    WordReader reader(news);
    while (!reader.at_end()) {
        Key key;
        DividedShard division;
        read_value(reader, key.first);
        read_value(reader, key.second);
        read_value(reader, division.mapping);
        read_value(reader, division.nests);
        divided_.emplace(std::move(key), std::move(division));
    }
}

}  // namespace hypar
