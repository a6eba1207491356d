#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "workloads/network.h"

namespace hypar {

/// A file of another program as one of ours.
struct ImportedFile {
    std::string yaml;
    Network network;
    std::vector<std::string> notes;  ///< what was left out or taken for something else
};

/// Reads an ONNX model (.onnx) or a topology of SCALE-Sim (.csv); by its bytes if it is named otherwise. `sizes` are
/// those of dimensions that a model only names. Throws ConfigError with the file and all that is wrong with it.
ImportedFile import_network(const std::filesystem::path& file, const std::map<std::string, std::uint64_t>& sizes);

/// The same of bytes, from a file that messages name `label`.
ImportedFile import_bytes(const std::string& bytes, const std::filesystem::path& file,
                          const std::map<std::string, std::uint64_t>& sizes);

}  // namespace hypar
