#include "base/data_folder.h"

#include <system_error>

namespace hypar {

namespace fs = std::filesystem;

fs::path data_folder() {
    static const fs::path kFolder = [] {
        std::error_code error;
        const fs::path program = fs::read_symlink("/proc/self/exe", error);
        for (const fs::path& folder :
             {program.parent_path().parent_path() / "share" / "hypar", fs::path(HYPAR_SOURCES)}) {
            if (fs::is_directory(folder / "configs", error)) return folder;
        }
        return fs::path(HYPAR_INSTALLED_DATA);
    }();
    return kFolder;
}

}  // namespace hypar
