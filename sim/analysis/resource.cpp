#include "sim/analysis/resource.h"

namespace hypar {

const std::vector<UnitResource>& unit_resources() {
    static const std::vector<UnitResource> kResources = {
        {Resource::Multiply, "multiply", &ArrayCycles::multiply, Bound::ProcessingElements, Ideal::Multiply},
        {Resource::Fill, "fill", &ArrayCycles::fill, Bound::Delivery, Ideal::Fill},
        {Resource::Delivery, "delivery", &ArrayCycles::delivery, Bound::Delivery, Ideal::Delivery},
        {Resource::Buffer, "buffer", &ArrayCycles::buffer, Bound::Buffer, Ideal::Buffer},
        {Resource::Drain, "drain", &ArrayCycles::drain, Bound::Delivery, Ideal::Drain},
        {Resource::Vector, "vector", &ArrayCycles::vector, Bound::Vector, Ideal::Vector},
        {Resource::Memory, "memory", nullptr, Bound::Memory, Ideal::Memory}};
    return kResources;
}

const std::vector<FlowResource>& flow_resources() {
    static const std::vector<FlowResource> kResources = {
        {Resource::Links, "links", &ExchangeCycles::bandwidth, ExchangeBound::Bandwidth},
        {Resource::Contention, "contention", &ExchangeCycles::contention, ExchangeBound::Contention},
        {Resource::Port, "port", &ExchangeCycles::port, ExchangeBound::Port},
        {Resource::Memory, "memory", &ExchangeCycles::memory, ExchangeBound::Memory},
        {Resource::Dma, "dma", &ExchangeCycles::dma, ExchangeBound::Dma},
        {Resource::Latency, "latency", &ExchangeCycles::latency, ExchangeBound::Latency}};
    return kResources;
}

const char* bound_name(Resource resource) {
    for (const UnitResource& entry : unit_resources()) {
        if (entry.resource == resource) return name_of(entry.bound);
    }
    for (const FlowResource& entry : flow_resources()) {
        if (entry.resource == resource) return name_of(entry.bound);
    }
    return "";
}

Ideal ideal_of(Resource resource) {
    for (const UnitResource& entry : unit_resources()) {
        if (entry.resource == resource) return entry.ideal;
    }
    return Ideal::Nothing;
}

}  // namespace hypar
