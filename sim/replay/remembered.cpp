#include "sim/replay/remembered.h"

#include <tuple>
#include <type_traits>
#include <utility>

#include "base/member_count.h"

namespace hypar {
namespace {

/// Whether a type's `numbers` are all its members, but `others`.
template <typename Type>
constexpr bool names_all(std::size_t others = 0) {
    return std::tuple_size_v<decltype(Type::numbers(std::declval<Type&>()))> + others == member_count<Type>();
}
static_assert(names_all<LoopNest>() && names_all<PassShape>() && names_all<Mapping>() && names_all<Flow>());
static_assert(names_all<LinkSpec>() && names_all<LinkUse>() && names_all<InterfaceUse>() && names_all<HardwareUse>());
static_assert(names_all<LastWorker>() && names_all<ArrayCycles>() && names_all<VectorWork>());
static_assert(names_all<MappingTarget>() && names_all<UnitSpec>());
static_assert(names_all<SegmentResult>(1));  // activities are not remembered

/// Appends every number of a spec that may decide what drained work takes: each field but those of which the spec's
/// list says that they decide less.
struct KeyWriter {
    Words& words;

    template <typename Value, typename Kind>
    void operator()(const Key& key, const Value& value, const Kind&) {
        if (key.decides != Decides::Work) return;
        if constexpr (std::is_same_v<Kind, Section>) {
            Value::for_each_field(value, *this);
        } else if constexpr (!std::is_same_v<Kind, Text> && !std::is_same_v<Kind, Apart>) {
            append_value(words, value);
        }
    }
};

std::uint64_t words_of(const Words& key, const HardwareUse& use) {
    constexpr std::uint64_t kWordsOfAnInterface =
        std::tuple_size_v<decltype(InterfaceUse::numbers(use.accelerators[0]))>;
    constexpr std::uint64_t kWordsOfALink = std::tuple_size_v<decltype(LinkUse::numbers(use.links[0]))>;
    return key.size() + kWordsOfAnInterface * use.accelerators.size() + kWordsOfALink * use.links.size() +
           use.vault_bursts.size();
}

}  // namespace

Mapper& Remembered::mapper(const ArraySpec& array) {
    const MappingTarget target = array.mapping_target();
    Words key;
    append_value(key, target);
    const auto [found, is_new] = mappers_.try_emplace(std::move(key), target);
    if (!is_new) return found->second;
    const auto untold = untold_.find(found->first);
    if (untold == untold_.end()) return found->second;
    for (const Words& news : untold->second) found->second.learn(news);
    untold_.erase(untold);
    return found->second;
}

Mappers Remembered::mappers(const ArraySpec& array) {
    Mappers mappers;
    for (const ArraySpec& kind : array.by_kind()) mappers.push_back(&mapper(kind));
    return mappers;
}

Words Remembered::hardware_of(const ArraySpec& array) {
    Words words;
    ArraySpec::for_each_field(array, KeyWriter{words});
    const TopologySpec& topology = array.interconnect.topology;
    if (array.interconnect.routing != RoutingRule::Deterministic) {  // an adaptive packet's way out from anywhere
        append_value(words, topology.kind);
        append_value(words, topology.size);
    }
    return words;
}

Remembered::Key Remembered::key_of(const Words& hardware, const Program& program, const CollapsedProgram& collapsed,
                                   const Piece& piece) {
    Key key = hardware;
    const Words& part = collapsed.kinds[piece.kind].signature;
    key.insert(key.end(), part.begin(), part.end());
    key.insert(key.end(), {piece.segment.compute.size(), piece.segment.vector_work.size()});
    for (const auto& units : piece.segment.compute) {
        key.push_back(units.size());
        for (const std::uint32_t unit : units) {
            const TileSchedule& schedule = program.schedules[unit];
            append_value(key, schedule.nest());
            append_value(key, schedule.leader());
            append_value(key, schedule.mapping());
        }
    }
    for (const std::uint32_t schedule : piece.segment.vector_work) {
        append_value(key, program.vector_schedules[schedule].work());
    }
    append_value(key, piece.segment.flows);
    return key;
}

const SegmentResult* Remembered::find(const Key& key) const {
    const auto found = results_.find(key);
    return found == results_.end() ? nullptr : &found->second;
}

void Remembered::keep(const Key& key, SegmentResult result) {
    const auto [kept, is_new] = results_.emplace(key, std::move(result));
    if (!is_new) return;
    size_ += words_of(key, kept->second.use);
    news_.emplace_back(kept);
}

Words Remembered::take_news() {
    Words words;
    for (auto& [target, mapper] : mappers_) {
        const Words news = mapper.take_news();
        if (news.empty()) continue;
        append_words(words, target);
        append_words(words, news);
    }
    if (words.empty() && news_.empty()) return {};
    Words all;
    append_words(all, words);
    for (const auto& news : news_) {
        append_words(all, news->first);
        append_value(all, news->second);
    }
    news_.clear();
    return all;
}

void Remembered::learn(const Words& news) {
    WordReader reader(news);
    const Words of_mappers = reader.words();
    WordReader mappers(of_mappers);
    while (!mappers.at_end()) {
        const Key target = mappers.words();
        const Words found = mappers.words();
        const auto mapper = mappers_.find(target);
        if (mapper == mappers_.end()) {
            untold_[target].push_back(found);
        } else {
            mapper->second.learn(found);
        }
    }
    while (!reader.at_end()) {
        Key key = reader.words();
        SegmentResult result;
        read_value(reader, result);
        const auto [kept, is_new] = results_.emplace(std::move(key), std::move(result));
        if (is_new) size_ += words_of(kept->first, kept->second.use);
    }
}

}  // namespace hypar
