#include "arch/network/link_use.h"

#include <stdexcept>

#include "base/checked.h"
#include "base/error.h"

namespace hypar {

void count_crossing(EventCounts& counts, const LinkSpec& link, std::uint64_t flits, std::uint64_t flit_bytes) {
    const std::uint64_t bytes = checked_multiply(flits, flit_bytes);
    counts.link_flits = checked_add(counts.link_flits, flits);
    for (const bool has_no_router : {link.from_endpoint, link.to_endpoint}) {
        if (has_no_router) counts.endpoint_flits = checked_add(counts.endpoint_flits, flits);
    }
    if (!link.femtojoules_per_bit) {
        counts.link_bytes = checked_add(counts.link_bytes, bytes);
        return;
    }
    try {
        const std::uint64_t femtojoules = checked_multiply(bytes, 8, *link.femtojoules_per_bit);
        counts.priced_link_femtojoules = checked_add(counts.priced_link_femtojoules, femtojoules);
    } catch (const std::overflow_error&) {
        throw ConfigError("topology", "the energy of what crosses its links exceeds 64 bits of femtojoules, 18 kJ");
    }
}

void count_crossings(EventCounts& counts, const std::vector<LinkSpec>& links, const std::vector<LinkUse>& use,
                     std::uint64_t flit_bytes) {
    for (std::size_t link = 0; link < use.size(); ++link) {
        count_crossing(counts, links[link], use[link].flits, flit_bytes);
    }
}

}  // namespace hypar
