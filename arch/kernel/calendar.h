#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <unordered_map>
#include <vector>

#include <systemc>

#include "arch/kernel/time.h"

namespace hypar {

class Component;

/// Wakes components at the times that they ask for: the one process that the kernel runs.
///
/// A notification in the kernel's own queue costs several times what an entry here does. Accelerators often go in
/// step, so entries are kept by instant: a heap of instants, and for each the components to wake. The order within
/// an instant decides nothing (see Component).
class Calendar : public sc_core::sc_module {
public:
    explicit Calendar(const sc_core::sc_module_name& name);

    /// Enters a component; returns the number by which it is woken.
    std::uint32_t add(Component& component);

    /// Wakes component `number` at `time`, ahead of now, unless it asks for an earlier time by then.
    void wake_at(std::uint32_t number, Picoseconds time);

    /// Calls `observer(now)` when all components have been woken that are due at an instant.
    void observe(std::function<void(Picoseconds)> observer) { observer_ = std::move(observer); }

    /// Enters all components anew, at the times that they are due. Only for the observer.
    void rebuild();

    /// Throws what a component has thrown, of which the kernel would know no more than the text. To be called
    /// whenever the kernel has run.
    void throw_failure() const {
        if (failure_) std::rethrow_exception(failure_);
    }

    /// How often components have been woken, all together.
    std::uint64_t wake_ups() const { return wake_ups_; }

private:
    using Instants = std::unordered_map<Picoseconds, std::vector<std::uint32_t>>;

    void run();
    void wake_due(Picoseconds now);
    std::vector<std::uint32_t>& add_instant(Picoseconds time);

    sc_core::sc_event due_;
    Picoseconds notified_ = kNever;
    std::vector<Picoseconds> instants_;       ///< a heap with the earliest instant in front
    Instants due_components_;                 ///< by instant
    std::vector<Instants::node_type> spare_;  ///< nodes of past instants, whose memory is used again
    std::vector<Component*> components_;
    std::function<void(Picoseconds)> observer_;
    std::uint64_t wake_ups_ = 0;
    std::exception_ptr failure_;  ///< that nothing happens after
};

}  // namespace hypar
