#include "arch/component.h"

#include <cassert>

namespace hypar {

Component::Component(const sc_core::sc_module_name& name) : sc_module(name) {
    SC_HAS_PROCESS(Component);
    SC_METHOD(run);
    sensitive << due_;
    dont_initialize();
}

void Component::wake_by(Picoseconds time) {
    if (time >= due_at_) return;
    const Picoseconds current = now();
    assert(time > current);
    due_at_ = time;
    due_.notify(sc_core::sc_time::from_value(time - current));
}

void Component::run() {
    ++activations_;
    due_at_ = kNever;
    const Picoseconds next = wake(now());
    if (next != kNever) wake_by(next);
}

}  // namespace hypar
