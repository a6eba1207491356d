#include "arch/calendar.h"

#include <algorithm>
#include <cassert>
#include <functional>

#include "arch/component.h"

namespace hypar {

Calendar::Calendar(const sc_core::sc_module_name& name) : sc_module(name) {
    SC_HAS_PROCESS(Calendar);
    SC_METHOD(run);
    sensitive << due_;
    dont_initialize();
}

std::uint32_t Calendar::add(Component& component) {
    components_.push_back(&component);
    return static_cast<std::uint32_t>(components_.size() - 1);
}

void Calendar::wake_at(std::uint32_t number, Picoseconds time) {
    std::vector<std::uint32_t>& components = due_components_[time];
    if (components.empty()) {
        instants_.push_back(time);
        std::push_heap(instants_.begin(), instants_.end(), std::greater<>());
    }
    components.push_back(number);
    if (time >= notified_) return;
    const Picoseconds now = sc_core::sc_time_stamp().value();
    assert(time > now);
    notified_ = time;
    due_.notify(sc_core::sc_time::from_value(time - now));
}

void Calendar::run() {
    const Picoseconds now = sc_core::sc_time_stamp().value();
    assert(instants_.front() == now);
    notified_ = now;  // what is asked for while components run is notified once, below
    const auto due = due_components_.extract(now);
    std::pop_heap(instants_.begin(), instants_.end(), std::greater<>());
    instants_.pop_back();
    for (const std::uint32_t number : due.mapped()) {
        if (components_[number]->run_if_due(now)) ++wake_ups_;
    }
    notified_ = kNever;
    if (instants_.empty()) return;
    notified_ = instants_.front();
    due_.notify(sc_core::sc_time::from_value(notified_ - now));
}

}  // namespace hypar
