#pragma once

#include <filesystem>

namespace hypar {

/// Holds a folder of results for one sweep alone. The lock is this process's own: the workers that it forks do not
/// have it, and it is gone with the process, however that ends.
class FolderLock {
public:
    /// Throws RunError if another process holds it, and says which.
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int descriptor_ = -1;
};

}  // namespace hypar
