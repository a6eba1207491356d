#include "arch/unit/mapper.h"

#include <algorithm>

#include "arch/unit/mapping_search.h"
#include "base/checked.h"

namespace hypar {
namespace {

/// Parts of sizes that differ by at most one, the larger ones first.
std::vector<std::uint64_t> even_parts(std::uint64_t whole, std::uint64_t parts) {
    std::vector<std::uint64_t> sizes(parts, whole / parts);
    for (std::uint64_t part = 0; part < whole % parts; ++part) ++sizes[part];
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

/// Calls `visit` with every number of a nest but what it makes.
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
    words.push_back(static_cast<std::uint64_t>(nest.kind));
    words.push_back(static_cast<std::uint64_t>(nest.result));
    for_each_number(nest, [&](std::uint64_t number) { words.push_back(number); });
}

LoopNest read_nest(WordReader& reader) {
    LoopNest nest;
    nest.kind = static_cast<OperatorKind>(reader.next());
    nest.result = static_cast<NestTensor>(reader.next());
    for_each_number(nest, [&](std::uint64_t& number) { number = reader.next(); });
    return nest;
}

void append(Words& words, const Mapping& mapping) {
    words.insert(words.end(), mapping.block.begin(), mapping.block.end());
    for (const Loop loop : mapping.order) words.push_back(static_cast<std::uint64_t>(loop));
    words.push_back(static_cast<std::uint64_t>(mapping.pass.dataflow));
    for_each_number_of_pass(mapping.pass, [&](std::uint64_t number) { words.push_back(number); });
}

Mapping read_mapping(WordReader& reader) {
    Mapping mapping;
    for (std::uint64_t& block : mapping.block) block = reader.next();
    for (Loop& loop : mapping.order) loop = static_cast<Loop>(reader.next());
    mapping.pass.dataflow = static_cast<Dataflow>(reader.next());
    for_each_number_of_pass(mapping.pass, [&](std::uint64_t& number) { number = reader.next(); });
    return mapping;
}

}  // namespace

const DividedShard& Mapper::divide(const LoopNest& shard) {
    static const DividedShard kNothing;
    if (shard.empty()) return kNothing;
    const auto remembered = divided_.find(shard);
    if (remembered != divided_.end()) return remembered->second;
    std::vector<UnitNests> divisions;
    std::vector<UnitWork> works;
    for (const LoopPair& loops : divided_loops(shard)) {
        for (std::uint64_t first_parts = 1; first_parts <= target_.units; ++first_parts) {
            if (target_.units % first_parts != 0) continue;
            divisions.push_back(divide_in(shard, loops, first_parts, target_.units / first_parts));
            works.push_back({divisions.back().front(), divisions.back().size()});
        }
    }
    const BestWork best = search_mapping(target_, works);
    news_.push_back(
        divided_.emplace(shard, DividedShard{std::move(divisions[best.work]), best.mapping.mapping}).first);
    return news_.back()->second;
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
        append(words, news->first);
        append(words, news->second.mapping);
        words.push_back(news->second.nests.size());
        for (const LoopNest& nest : news->second.nests) append(words, nest);
    }
    news_.clear();
    return words;
}

void Mapper::learn(const Words& news) {
    WordReader reader(news);
    while (!reader.at_end()) {
        const LoopNest shard = read_nest(reader);
        DividedShard division{{}, read_mapping(reader)};
        division.nests.resize(reader.next());
        for (LoopNest& nest : division.nests) nest = read_nest(reader);
        divided_.emplace(shard, std::move(division));
    }
}

}  // namespace hypar
