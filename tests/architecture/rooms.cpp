#include "tests/architecture/rooms.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "tests/architecture/source_tree.h"

namespace hypar::tests {
namespace {

std::vector<std::string> words(const std::string& text) {
    std::istringstream rest(text);
    return {std::istream_iterator<std::string>(rest), {}};
}

std::string top_of(const std::string& path) { return path.substr(0, path.find('/')); }

}  // namespace

bool means(const Room& room, const std::string& arrow, const std::string& target) {
    return target == arrow || (top_of(room.path) != top_of(arrow) && is_within(target, arrow));
}

const std::vector<Room>& rooms() {
    static const std::vector<Room> kRooms = {
        {"base", {}},
        {"workloads", words("base")},
        {"partition", words("base workloads")},
        {"partition/search", words("base workloads partition")},
        {"arch/kernel", words("base")},
        {"arch/network", words("base arch/kernel")},
        {"arch/memory", words("base arch/kernel")},
        {"arch/unit", words("base workloads arch/kernel arch/memory")},
        {"arch/array", words("base workloads arch/kernel arch/network arch/memory arch/unit")},
        {"collective", words("base workloads partition arch")},
        {"sim/program", words("base workloads partition arch collective")},
        {"sim/replay", words("base workloads partition arch collective sim/program")},
        {"sim/overlap", words("base workloads partition arch collective sim/program sim/replay")},
        {"sim/analysis", words("base workloads partition arch collective sim/program sim/replay sim/overlap")},
        {"sim/probe", words("base arch")},
        {"sim", words("base workloads partition partition/search arch collective sim/program sim/replay sim/overlap "
                      "sim/analysis")},
        {"experiment/yaml", words("base arch/kernel")},
        {"experiment", words("base workloads partition arch collective sim experiment/yaml")},
        {"experiment/sweep", words("base experiment experiment/yaml")},
        {"experiment/paper", words("base workloads partition arch experiment experiment/yaml")},
        {"experiment/silicon", words("base arch/kernel experiment experiment/yaml")},
        {"experiment/import", words("base workloads experiment experiment/yaml")},
        {"experiment/schema",
         words("base workloads partition arch sim experiment experiment/yaml experiment/sweep")},
        {"experiment/listing",
         words("base workloads partition arch collective sim experiment experiment/yaml experiment/sweep "
               "experiment/paper experiment/silicon")},
        {"report", words("base workloads partition arch collective sim experiment")},
        {"report/timeline", words("base workloads partition arch sim report")},
        {"report/chakra", words("base workloads partition arch collective sim")},
        {"report/reproduction", words("base sim experiment report")},
        {"report/silicon", words("base sim experiment report")},
        {"report/probe", words("base workloads partition arch sim report")},
        {"sweep/point", words("base workloads partition arch collective sim experiment report")},
        {"sweep/engine", words("base sim experiment sweep/point")},
        {"sweep/results", words("base experiment report sweep/point sweep/engine")},
        {"sweep/slurm", words("base experiment sweep/point sweep/engine sweep/results")},
        {"apps/terminal", words("base workloads partition arch collective sim experiment report sweep")},
        {"apps/commands",
         words("base workloads partition arch collective sim experiment report sweep apps/terminal")},
        {"apps/reference", words("base arch partition experiment report apps/terminal apps/commands")},
        {"apps", words("base arch apps/terminal apps/commands apps/reference")},
    };
    return kRooms;
}

bool is_within(const std::string& path, const std::string& folder) {
    return path == folder || path.compare(0, folder.size() + 1, folder + "/") == 0;
}

std::string room_of(const std::filesystem::path& path) {
    if (is_of_program(path)) return path.parent_path().generic_string();
    const std::string second = std::next(path.begin())->string();
    return second.substr(0, second.find_first_of("_."));
}

bool may_include(const std::filesystem::path& path, const std::string& room) {
    const std::string own = room_of(path);
    const bool is_program = is_of_program(path);
    if (own == room || (!is_program && is_within(room, own))) return true;
    return std::any_of(rooms().begin(), rooms().end(), [&](const Room& entry) {
        if (is_program ? entry.path != own : !is_within(entry.path, own)) return false;
        return std::any_of(entry.arrows.begin(), entry.arrows.end(),
                           [&](const std::string& arrow) { return means(entry, arrow, room); });
    });
}

}  // namespace hypar::tests
