#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include "base/error.h"
#include "experiment/yaml/yaml.h"

namespace hypar {

/// A new folder that is the working directory as long as this lives, so that messages name files by short paths.
class TemporaryFolder {
public:
    TemporaryFolder() : before_(std::filesystem::current_path()) {
        std::string pattern = (std::filesystem::temp_directory_path() / "hypar-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = pattern;
        std::filesystem::current_path(path_);
    }
    ~TemporaryFolder() {
        std::error_code error;
        std::filesystem::current_path(before_, error);
        std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    /// Writes the file `name` and returns its name.
    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return name;
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path before_;
    std::filesystem::path path_;
};

/// What the ConfigError says that `action` throws; empty if it throws none.
template <typename Action>
std::string message_of(const Action& action) {
    try {
        action();
    } catch (const ConfigError& error) {
        return error.what();
    }
    return {};
}

/// Reads `text` as the file "test.yaml".
inline YamlValue yaml_of(const std::string& text) {
    const TemporaryFolder folder;
    return read_yaml_file(folder.write("test.yaml", text), "test.yaml");
}

/// The text of a file of this project.
inline std::string project_file(const std::string& path) {
    std::ifstream file(std::string(HYPAR_SOURCE_DIR) + "/" + path);
    EXPECT_TRUE(file.good()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// `text` with the first `from` replaced, which must be there.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t begin = text.find(from);
    EXPECT_NE(begin, std::string::npos) << from;
    return begin == std::string::npos ? text : text.replace(begin, from.size(), to);
}

}  // namespace hypar
