#include "arch/network/link_use.h"

#include "base/checked.h"

namespace hypar {

void count_crossing(EventCounts& counts, const LinkSpec& link, std::uint64_t flits, std::uint64_t flit_bytes) {
    const std::uint64_t bytes = checked_multiply(flits, flit_bytes);
    counts.link_flits = checked_add(counts.link_flits, flits);
    for (const bool has_no_router : {link.from_endpoint, link.to_endpoint}) {
        if (has_no_router) counts.endpoint_flits = checked_add(counts.endpoint_flits, flits);
    }
    const auto& price = link.femtojoules_per_bit;
    std::uint64_t& counter = price ? counts.priced_link_femtojoules : counts.link_bytes;
    counter = checked_add(counter, price ? checked_multiply(checked_multiply(bytes, 8), *price) : bytes);
}

void count_crossings(EventCounts& counts, const std::vector<LinkSpec>& links, const std::vector<LinkUse>& use,
                     std::uint64_t flit_bytes) {
    for (std::size_t link = 0; link < use.size(); ++link) {
        count_crossing(counts, links[link], use[link].flits, flit_bytes);
    }
}

}  // namespace hypar
