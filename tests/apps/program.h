#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hypar::test {

struct Outcome {
    int status = 0;  ///< 128 + the signal's number if one ended it
    std::string output;
    std::string errors;
};

/// Of what waiting for a process has returned.
int status_of(int result);

/// Runs the built program with `arguments` in `folder`.
Outcome run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder = ".");

/// Runs a shell's command line in `folder`; "$HYPAR" in it is the program.
Outcome run_shell(const std::string& command, const std::filesystem::path& folder = ".");

/// An empty folder that is removed with it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Writes a file; returns its path.
    std::filesystem::path write(const std::string& name, const std::string& content) const;

private:
    std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);

}  // namespace hypar::test
