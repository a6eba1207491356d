#include "arch/kernel/component.h"

namespace hypar {

Component::Component(const sc_core::sc_module_name& name, Calendar& calendar)
    : sc_module(name), calendar_(calendar), number_(calendar.add(*this)) {}

void Component::wake_by(Picoseconds time) {
    if (time >= due_at_) return;
    due_at_ = time;
    calendar_.wake_at(number_, time);
}

bool Component::run_if_due(Picoseconds now) {
    if (due_at_ != now) return false;
    // Cleared only after waking: a message that comes meanwhile is seen by `wake` itself.
    const Picoseconds next = wake(now);
    due_at_ = kNever;
    if (next != kNever) wake_by(next);
    return true;
}

}  // namespace hypar
