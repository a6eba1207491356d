#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "experiment/sweep/sweep.h"

namespace hypar {

/// A new folder that goes with this.
class SweepFolder {
public:
    SweepFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "hypar-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~SweepFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    SweepFolder(const SweepFolder&) = delete;
    SweepFolder& operator=(const SweepFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    Sweep sweep(const std::string& text) const {
        std::ofstream(path_ / "s.yaml") << text;
        return load_sweep((path_ / "s.yaml").string());
    }

private:
    std::filesystem::path path_;
};

}  // namespace hypar
