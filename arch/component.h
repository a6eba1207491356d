#pragma once

#include <cstdint>

#include <systemc>

#include "arch/time.h"

namespace hypar {

/// A SystemC module that sleeps until it has something to do.
///
/// Components talk by messages that arrive at least one picosecond after they were sent, so whatever arrives at
/// an instant is there before any process of that instant runs.
class Component : public sc_core::sc_module {
public:
    explicit Component(const sc_core::sc_module_name& name);

    /// How often it has been woken.
    std::uint64_t activations() const { return activations_; }

protected:
    /// Does all that is due at `now`. Returns when to wake it again, kNever for not before a message comes.
    virtual Picoseconds wake(Picoseconds now) = 0;

    /// Wakes it at `time` at the latest, which must lie ahead.
    void wake_by(Picoseconds time);

    static Picoseconds now() { return sc_core::sc_time_stamp().value(); }

private:
    void run();

    sc_core::sc_event due_;
    Picoseconds due_at_ = kNever;
    std::uint64_t activations_ = 0;
};

}  // namespace hypar
