#include <algorithm>
#include <map>

#include "base/checked.h"
#include "collective/algorithm.h"
#include "collective/arrangement.h"
#include "collective/ring_flows.h"

namespace hypar {
namespace {

/// One part of a group's blocks, which goes along the dimensions in an order of its own, round each ring one way.
class Part {
public:
    Part(const Arrangement& arrangement, std::vector<std::uint64_t> blocks, std::size_t first_dimension,
         bool is_backward, std::uint64_t packet_bytes)
        : arrangement_(arrangement),
          blocks_(std::move(blocks)),
          first_(first_dimension),
          is_backward_(is_backward),
          packet_bytes_(packet_bytes),
          came_(arrangement.size()) {}

    /// Sums are scattered along one dimension after the other, and gathered the other way round. Along the last one
    /// what is scattered goes on as what is gathered.
    void add_to(FlowList& flows, bool scatters, bool gathers) {
        const std::size_t dimensions = arrangement_.sizes.size();
        for (std::size_t pass = 0; scatters && pass + 1 < dimensions; ++pass) add_pass(flows, pass, true, false);
        add_pass(flows, dimensions - 1, scatters, gathers);
        for (std::size_t pass = dimensions - 1; gathers && pass-- > 0;) add_pass(flows, pass, false, true);
    }

private:
    std::size_t dimension(std::size_t pass) const { return (first_ + pass) % arrangement_.sizes.size(); }

    /// What a member of a ring has as its own: the blocks of all that agree with it along the dimensions so far.
    std::vector<std::uint64_t> own_bytes(std::size_t pass) const {
        std::vector<std::size_t> class_of(blocks_.size());
        for (std::size_t place = 0; place < blocks_.size(); ++place) {
            for (std::size_t before = 0; before <= pass; ++before) {
                const std::size_t along = dimension(before);
                class_of[place] = class_of[place] * arrangement_.sizes[along] + arrangement_.coordinate(place, along);
            }
        }
        std::map<std::size_t, std::uint64_t> bytes;
        for (std::size_t place = 0; place < blocks_.size(); ++place) {
            bytes[class_of[place]] = checked_add(bytes[class_of[place]], blocks_[place]);
        }
        std::vector<std::uint64_t> own(class_of.size());
        std::transform(class_of.begin(), class_of.end(), own.begin(), [&](std::size_t of) { return bytes[of]; });
        return own;
    }

    void add_pass(FlowList& flows, std::size_t pass, bool scatters, bool gathers) {
        const std::size_t along = dimension(pass);
        const std::size_t size = arrangement_.sizes[along];
        const std::vector<std::uint64_t> own = own_bytes(pass);
        for (std::size_t first = 0; first < arrangement_.size(); ++first) {
            if (arrangement_.coordinate(first, along) != 0) continue;
            Ring ring{{}, {}, scatters, gathers, packet_bytes_};
            std::vector<std::size_t> places;
            std::vector<std::vector<std::uint32_t>> after;
            for (std::size_t step = 0; step < size; ++step) {
                places.push_back(arrangement_.at_coordinate(first, along, is_backward_ ? size - 1 - step : step));
                ring.members.push_back(arrangement_.members[places.back()]);
                ring.blocks.push_back(own[places.back()]);
                after.push_back(came_[places.back()]);
            }
            const std::vector<std::uint32_t> entering = add_ring(flows, ring, after);
            for (std::size_t step = 0; step < size; ++step) came_[places[step]].push_back(entering[step]);
        }
    }

    const Arrangement& arrangement_;
    std::vector<std::uint64_t> blocks_;  ///< by place
    std::size_t first_;
    bool is_backward_;
    std::uint64_t packet_bytes_;
    std::vector<std::vector<std::uint32_t>> came_;  ///< by place: what came to it in the passes before
};

/// As many parts as the members have neighbours: each dimension is the first of two, one for each way round. So every
/// link has something to carry all the time (Jain and Sabharwal, ICS 2010; Sack and Gropp, PPoPP 2012).
std::vector<Stage> lower_bucket(const Collective& collective, const CollectivePlace& place) {
    FlowList flows;
    for (const auto& members : groups_of(collective.levels, place.levels)) {
        const Arrangement arrangement = arrangement_of(members, collective.levels, place.levels, place.topology);
        const std::uint64_t parts = 2 * arrangement.sizes.size();
        for (std::uint64_t part = 0; part < parts; ++part) {
            std::vector<std::uint64_t> blocks;
            for (const std::uint64_t member : arrangement.members) {
                blocks.push_back(part_of_bytes(collective.blocks[member], part, parts, place.element_bytes));
            }
            Part(arrangement, std::move(blocks), part / 2, part % 2 == 1, place.packet_bytes)
                .add_to(flows, collective.scatters(), collective.gathers());
        }
    }
    return {{collective.levels, flows.take()}};
}

}  // namespace

AlgorithmModel bucket_model() {
    return {CollectiveAlgorithm::Bucket,
            "rings along each dimension in turn, all dimensions and both ways round at once", groups_of_any_size,
            lower_bucket};
}

}  // namespace hypar
