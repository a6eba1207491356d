#include "sweep/results/folder_lock.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"

namespace hypar {

FolderLock::FolderLock(const std::filesystem::path& folder) {
    const std::string file = (folder / "lock").string();
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw RunError(fmt::format("cannot open {}: {}", file, std::strerror(errno)));
    struct flock wanted {};  // of POSIX: it belongs to a process, and forked ones do not inherit it
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    if (::fcntl(descriptor_, F_SETLK, &wanted) == 0) return;
    const int error = errno;
    struct flock holder = wanted;
    ::fcntl(descriptor_, F_GETLK, &holder);
    ::close(descriptor_);
    if (error != EACCES && error != EAGAIN) {
        throw RunError(fmt::format("cannot lock {}: {}", file, std::strerror(error)));
    }
    throw RunError(fmt::format("another sweep runs in {}{}", folder.string(),
                               holder.l_type == F_UNLCK ? "" : fmt::format(" (process {})", holder.l_pid)));
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace hypar
