#pragma once

#include <cstdint>

#include <systemc>

#include "arch/kernel/calendar.h"
#include "arch/kernel/state.h"
#include "arch/kernel/time.h"

namespace hypar {

/// A SystemC module that sleeps until it has something to do.
///
/// Components talk by messages that arrive at least one picosecond after they were sent, so whatever arrives at
/// an instant is there before any component wakes at that instant.
class Component : public sc_core::sc_module {
public:
    Component(const sc_core::sc_module_name& name, Calendar& calendar);

    /// Wakes it at `time` at the latest, which must lie ahead.
    void wake_by(Picoseconds time);

    /// Wakes if it is due at `now` and has not been woken yet; returns whether it was.
    bool run_if_due(Picoseconds now);

    /// Shows all that its future depends on. Without this it is opaque: all that happens is replayed.
    virtual void offer_state(StateVisitor& visitor) { visitor.opaque(name()); }

    Picoseconds due_at() const { return due_at_; }

protected:
    void offer_due_time(StateVisitor& visitor) { visitor.time(due_at_); }

    /// Does all that is due at `now`. Returns when to wake it again, kNever for not before a message comes.
    virtual Picoseconds wake(Picoseconds now) = 0;

private:
    Calendar& calendar_;
    std::uint32_t number_;
    Picoseconds due_at_ = kNever;
};

}  // namespace hypar
