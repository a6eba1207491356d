#pragma once

#include <cstdint>
#include <cstdio>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "arch/kernel/state.h"
#include "base/error.h"

namespace hypar::tests {

/// Lets all pass.
class Passing : public StateVisitor {
public:
    explicit Passing(StateVisitor& visitor) : visitor_(visitor) {}

    Picoseconds now() const override { return visitor_.now(); }
    void value(std::uint64_t value) override { visitor_.value(value); }
    void time(Picoseconds& time) override { visitor_.time(time); }
    void since(Picoseconds& time) override { visitor_.since(time); }
    void counter(std::uint64_t& counter) override { visitor_.counter(counter); }
    void remaining(std::uint64_t& remaining) override { visitor_.remaining(remaining); }
    void lead(std::uint64_t lead, std::uint64_t enough, std::uint64_t taken, std::uint64_t waits) override {
        visitor_.lead(lead, enough, taken, waits);
    }
    void place(std::uint64_t& place, std::uint64_t in_work, const WorkSequence& sequence) override {
        visitor_.place(place, in_work, sequence);
    }
    std::uint64_t turn(std::uint64_t position, std::uint64_t size) override { return visitor_.turn(position, size); }
    void counters_on_ring(std::vector<std::uint64_t>& counters) override { visitor_.counters_on_ring(counters); }
    void opaque(const char* name) override { visitor_.opaque(name); }

private:
    StateVisitor& visitor_;
};

/// Lets pass all but what lies in the queues of the component that is shown first: its values that are no times.
class QueueHider final : public Passing {
public:
    QueueHider(StateVisitor& visitor, std::uint64_t hidden_values)
        : Passing(visitor), hidden_values_(hidden_values) {}

    void value(std::uint64_t value) override { Passing::value(seen_++ < hidden_values_ ? 0 : value); }

private:
    std::uint64_t hidden_values_;
    std::uint64_t seen_ = 0;
};

/// Lets pass all but leads.
class LeadHider final : public Passing {
public:
    using Passing::Passing;
    void lead(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override {}
};

/// Counts the values that it is shown.
class ValueCounter final : public StateVisitor {
public:
    explicit ValueCounter(Picoseconds now) : now_(now) {}

    Picoseconds now() const override { return now_; }
    void value(std::uint64_t) override { ++values_; }
    void time(Picoseconds&) override {}
    void since(Picoseconds&) override {}
    void counter(std::uint64_t&) override {}
    void remaining(std::uint64_t&) override {}
    void lead(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override {}
    void place(std::uint64_t&, std::uint64_t, const WorkSequence&) override {}
    std::uint64_t turn(std::uint64_t, std::uint64_t) override { return 0; }
    void counters_on_ring(std::vector<std::uint64_t>&) override {}
    void opaque(const char*) override {}

    std::uint64_t values() const { return values_; }

private:
    Picoseconds now_;
    std::uint64_t values_ = 0;
};

/// Whether `check` fails, in a process of its own: what has been broken may also end it, or never end.
template <typename Check>
bool fails_in_child(Check check) {
    const pid_t child = fork();
    if (child == 0) {
        std::fclose(stderr);
        alarm(60);
        try {
            _exit(check() ? 0 : 1);
        } catch (const RunError&) {  // a standstill
            _exit(1);
        }
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status != 0;
}

}  // namespace hypar::tests
