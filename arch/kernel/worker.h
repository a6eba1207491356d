#pragma once

#include <cstdint>

#include "arch/kernel/time.h"

namespace hypar {

/// Works through items that it is given at the start of a segment: a processing unit its tiles, a network interface
/// its packets.
class Worker {
public:
    /// How many of its tiles or packets it has not taken up yet.
    virtual std::uint64_t work_left() const = 0;

protected:
    ~Worker() = default;
};

/// Told when a worker has finished what it was started with.
class CompletionListener {
public:
    virtual void completed(const Worker& worker, Picoseconds arrival) = 0;

protected:
    ~CompletionListener() = default;
};

}  // namespace hypar
