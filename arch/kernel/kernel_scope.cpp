#include "arch/kernel/kernel_scope.h"

#include <systemc>

namespace hypar {

KernelScope::KernelScope() : context_(std::make_unique<sc_core::sc_simcontext>()) {
    sc_core::sc_curr_simcontext = context_.get();
    // A warning of the kernel is a mistake of ours.
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
}

KernelScope::~KernelScope() {
    context_.reset();
    // The next use of the kernel without a scope makes a default context, as at the start of the process.
    sc_core::sc_curr_simcontext = nullptr;
}

}  // namespace hypar
