#include "arch/kernel/calendar.h"

#include <algorithm>
#include <cassert>
#include <functional>

#include "arch/kernel/component.h"

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
    const auto found = due_components_.find(time);
    (found != due_components_.end() ? found->second : add_instant(time)).push_back(number);
    if (time >= notified_) return;
    const Picoseconds now = sc_core::sc_time_stamp().value();
    assert(time > now);
    notified_ = time;
    due_.notify(sc_core::sc_time::from_value(time - now));
}

/// The empty list of an instant for which nobody has asked yet.
std::vector<std::uint32_t>& Calendar::add_instant(Picoseconds time) {
    instants_.push_back(time);
    std::push_heap(instants_.begin(), instants_.end(), std::greater<>());
    if (spare_.empty()) return due_components_[time];
    auto node = std::move(spare_.back());
    spare_.pop_back();
    node.key() = time;
    node.mapped().clear();
    return due_components_.insert(std::move(node)).position->second;
}

void Calendar::rebuild() {
    instants_.clear();
    due_components_.clear();
    for (std::uint32_t number = 0; number < components_.size(); ++number) {
        const Picoseconds due_at = components_[number]->due_at();
        if (due_at != kNever) wake_at(number, due_at);
    }
}

void Calendar::run() {
    try {
        wake_due(sc_core::sc_time_stamp().value());
    } catch (...) {
        failure_ = std::current_exception();
    }
}

void Calendar::wake_due(Picoseconds now) {
    assert(instants_.front() == now);
    notified_ = now;  // what is asked for while components run is notified once, below
    auto due = due_components_.extract(now);
    std::pop_heap(instants_.begin(), instants_.end(), std::greater<>());
    instants_.pop_back();
    for (const std::uint32_t number : due.mapped()) {
        if (components_[number]->run_if_due(now)) ++wake_ups_;
    }
    spare_.push_back(std::move(due));
    if (observer_) observer_(now);
    notified_ = kNever;
    if (instants_.empty()) return;
    notified_ = instants_.front();
    due_.notify(sc_core::sc_time::from_value(notified_ - now));
}

}  // namespace hypar
