#pragma once

#include <memory>

namespace sc_core {
class sc_simcontext;
}

namespace hypar {

/// A SystemC kernel of its own for one run: the modules made while it lives belong to it, and it starts at time 0.
/// Scopes may follow each other in a process, not overlap.
class KernelScope {
public:
    KernelScope();
    ~KernelScope();
    KernelScope(const KernelScope&) = delete;
    KernelScope& operator=(const KernelScope&) = delete;

private:
    std::unique_ptr<sc_core::sc_simcontext> context_;
};

}  // namespace hypar
