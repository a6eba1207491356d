#pragma once

#include <cstdint>

#include "arch/unit/loop_nest.h"

namespace hypar {

/// Bytes of a nest's tensors, each once, without what its kernels need not read. No mapping moves less between memory
/// and buffer.
std::uint64_t tensor_bytes(const LoopNest& nest, std::uint64_t element_bytes);

/// Bytes that units with buffers of `buffer_bytes` must move between memory and buffers in `macs`
/// multiply-accumulates of nests like this one, whatever the order in which they do them
/// (docs/models/accelerator.md). 0 where the bound says nothing.
std::uint64_t least_moved_bytes(const LoopNest& nest, std::uint64_t macs, std::uint64_t units,
                                std::uint64_t buffer_bytes, std::uint64_t element_bytes);

}  // namespace hypar
