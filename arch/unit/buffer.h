#pragma once

#include <cstdint>

#include <systemc>

#include "arch/unit/unit_spec.h"

namespace hypar {

/// One processing unit's global buffer: space that tiles take and give back. Passive; it has no events of its own.
class Buffer : public sc_core::sc_module {
public:
    Buffer(const sc_core::sc_module_name& name, const BufferSpec& spec) : sc_module(name), spec_(spec) {}

    /// Takes `bytes` if they are free.
    bool try_take(std::uint64_t bytes) {
        if (taken_ + bytes > spec_.capacity_bytes) return false;
        taken_ += bytes;
        if (taken_ > peak_) peak_ = taken_;
        return true;
    }
    /// The peak is of what comes from now on.
    void restart_peak() { peak_ = taken_; }
    void give_back(std::uint64_t bytes) { taken_ -= bytes; }

    std::uint64_t taken() const { return taken_; }
    std::uint64_t peak() const { return peak_; }

private:
    const BufferSpec& spec_;
    std::uint64_t taken_ = 0;
    std::uint64_t peak_ = 0;
};

}  // namespace hypar
