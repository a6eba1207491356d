#include "arch/mapper.h"

#include <algorithm>

#include "arch/mapping_search.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// Parts of sizes that differ by at most one, the larger ones first.
std::vector<std::uint64_t> even_parts(std::uint64_t whole, std::uint64_t parts) {
    std::vector<std::uint64_t> sizes(parts, whole / parts);
    for (std::uint64_t part = 0; part < whole % parts; ++part) ++sizes[part];
    return sizes;
}

/// Two extents that units divide together.
using Dimension = std::uint64_t LoopNest::*;
using Dimensions = std::pair<Dimension, Dimension>;

std::vector<Dimensions> divided_dimensions(const LoopNest& nest) {
    const Dimension made = nest.phase == Phase::Forward ? &LoopNest::out_channels : &LoopNest::in_channels;
    std::vector<Dimensions> pairs;
    if (nest.phase == Phase::Gradient || nest.phase == Phase::Update) {
        pairs.push_back({&LoopNest::in_channels, &LoopNest::out_channels});
        if (nest.groups > 1) pairs.push_back({&LoopNest::groups, &LoopNest::out_channels});
    } else {
        pairs.push_back({&LoopNest::samples, made});
        if (nest.groups > 1) pairs.push_back({&LoopNest::samples, &LoopNest::groups});
    }
    return pairs;
}

UnitNests divide_in(const LoopNest& shard, const Dimensions& dimensions, std::uint64_t first_parts,
                    std::uint64_t second_parts) {
    const auto [first, second] = dimensions;
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

/// Calls `visit` with every number of a nest but the phase.
template <typename Nest, typename Visit>
void for_each_number(Nest& nest, Visit visit) {
    for (auto* number :
         {&nest.groups, &nest.samples, &nest.in_channels, &nest.out_channels, &nest.in_height, &nest.in_width,
          &nest.out_height, &nest.out_width, &nest.kernel, &nest.stride, &nest.stored_out_plane, &nest.state_words}) {
        visit(*number);
    }
}

template <typename Pass, typename Visit>
void for_each_number_of_pass(Pass& pass, Visit visit) {
    for (auto* number : {&pass.e, &pass.p, &pass.q, &pass.r, &pass.t, &pass.i, &pass.k}) visit(*number);
}

void append(Words& words, const LoopNest& nest) {
    words.push_back(static_cast<std::uint64_t>(nest.phase));
    for_each_number(nest, [&](std::uint64_t number) { words.push_back(number); });
}

LoopNest read_nest(WordReader& reader) {
    LoopNest nest;
    nest.phase = static_cast<Phase>(reader.next());
    for_each_number(nest, [&](std::uint64_t& number) { number = reader.next(); });
    return nest;
}

void append(Words& words, const MappingChoice& choice) {
    const auto& [mapping, cycles, picojoules, tiles] = choice;
    words.insert(words.end(), mapping.block.begin(), mapping.block.end());
    for (const Loop loop : mapping.order) words.push_back(static_cast<std::uint64_t>(loop));
    words.push_back(static_cast<std::uint64_t>(mapping.pass.dataflow));
    for_each_number_of_pass(mapping.pass, [&](std::uint64_t number) { words.push_back(number); });
    words.insert(words.end(), {cycles, bits_of(picojoules), tiles});
}

MappingChoice read_choice(WordReader& reader) {
    MappingChoice choice;
    for (std::uint64_t& block : choice.mapping.block) block = reader.next();
    for (Loop& loop : choice.mapping.order) loop = static_cast<Loop>(reader.next());
    choice.mapping.pass.dataflow = static_cast<Dataflow>(reader.next());
    for_each_number_of_pass(choice.mapping.pass, [&](std::uint64_t& number) { number = reader.next(); });
    choice.cycles = reader.next();
    choice.picojoules = double_of(reader.next());
    choice.tiles = reader.next();
    return choice;
}

}  // namespace

UnitNests Mapper::divide(const LoopNest& shard) {
    if (shard.empty()) return {};
    const auto remembered = divided_.find(shard);
    if (remembered != divided_.end()) return remembered->second;
    std::vector<UnitNests> divisions;
    std::vector<UnitWork> works;
    for (const Dimensions& dimensions : divided_dimensions(shard)) {
        for (std::uint64_t first_parts = 1; first_parts <= array_.processing_units; ++first_parts) {
            if (array_.processing_units % first_parts != 0) continue;
            divisions.push_back(divide_in(shard, dimensions, first_parts, array_.processing_units / first_parts));
            works.push_back({divisions.back().front(), divisions.back().size()});
        }
    }
    const BestWork best = search_mapping(array_, works);
    keep(works[best.work].nest, best.mapping);
    return keep(shard, std::move(divisions[best.work]));
}

TileSchedule Mapper::schedule(const LoopNest& nest, const LoopNest& leader) {
    return TileSchedule(nest, best(leader).mapping, array_.precision.bytes).led_by(leader);
}

const MappingChoice& Mapper::best(const LoopNest& nest) {
    const auto found = found_.find(nest);
    if (found != found_.end()) return found->second;
    return keep(nest, search_mapping(array_, {{nest, array_.processing_units}}).mapping);
}

const MappingChoice& Mapper::keep(const LoopNest& nest, const MappingChoice& choice) {
    const auto [kept, is_new] = found_.emplace(nest, choice);
    if (is_new) news_of_found_.push_back(kept);
    return kept->second;
}

const UnitNests& Mapper::keep(const LoopNest& shard, UnitNests nests) {
    const auto [kept, is_new] = divided_.emplace(shard, std::move(nests));
    if (is_new) news_of_divided_.push_back(kept);
    return kept->second;
}

Words Mapper::take_news() {
    Words words{news_of_found_.size()};
    for (const auto& news : news_of_found_) {
        append(words, news->first);
        append(words, news->second);
    }
    for (const auto& news : news_of_divided_) {
        append(words, news->first);
        words.push_back(news->second.size());
        for (const LoopNest& nest : news->second) append(words, nest);
    }
    if (news_of_found_.empty() && news_of_divided_.empty()) words.clear();
    news_of_found_.clear();
    news_of_divided_.clear();
    return words;
}

void Mapper::learn(const Words& news) {
    WordReader reader(news);
    for (std::uint64_t left = reader.next(); left > 0; --left) {
        const LoopNest nest = read_nest(reader);
        found_.emplace(nest, read_choice(reader));
    }
    while (!reader.at_end()) {
        const LoopNest shard = read_nest(reader);
        UnitNests nests(reader.next());
        for (LoopNest& nest : nests) nest = read_nest(reader);
        divided_.emplace(shard, std::move(nests));
    }
}

}  // namespace hypar
