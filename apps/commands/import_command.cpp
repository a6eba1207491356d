#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/commands/commands.h"
#include "apps/terminal/output.h"
#include "apps/terminal/terminal.h"
#include "base/error.h"
#include "base/fields.h"
#include "experiment/import/import.h"

namespace hypar {
namespace {

struct Options {
    std::string file;
    std::vector<std::string> dims;
    std::string network_file;
};

/// NAME=N, by name.
std::map<std::string, std::uint64_t> sizes_of(const std::vector<std::string>& dims) {
    std::map<std::string, std::uint64_t> sizes;
    for (const std::string& dim : dims) {
        const std::size_t equals = dim.rfind('=');
        const std::string digits = equals == std::string::npos ? "" : dim.substr(equals + 1);
        const bool is_number =
            !digits.empty() && digits.size() <= 10 && digits.find_first_not_of("0123456789") == std::string::npos;
        const std::uint64_t size = is_number ? std::stoull(digits) : 0;
        if (equals == 0 || size < 1 || size > kLargestCount) {
            throw ConfigError("", "expected NAME=N, an integer of at least 1", "--dim " + dim);
        }
        sizes[dim.substr(0, equals)] = size;
    }
    return sizes;
}

/// What was read and what was left out, on standard error: the network may go to standard output.
void tell_what_was_read(const std::string& file, const ImportedFile& imported) {
    const Network& network = imported.network;
    tell(fmt::format("hypar: {}: {} layers, {} weights, {} multiply-accumulates a sample\n", file, network.size(),
                     network.weights(), network.macs()));
    for (const std::string& note : imported.notes) tell(fmt::format("hypar:   {}\n", note));
}

void check_network_file(const Options& options) {
    const std::string option = "-o " + options.network_file;
    check_output_file(option, options.network_file);
    std::error_code ignored;
    if (std::filesystem::equivalent(options.file, options.network_file, ignored)) {
        throw ConfigError("", "is the file that is read", option);
    }
}

void run(const Options& options) {
    if (!options.network_file.empty()) check_network_file(options);
    const ImportedFile imported = import_network(options.file, sizes_of(options.dims));
    if (options.network_file.empty()) {
        print_result(imported.yaml);
    } else {
        write_file(options.network_file, imported.yaml);
    }
    tell_what_was_read(options.file, imported);
}

}  // namespace

void add_import_command(CommandLine& line) {
    Command command = line.add_command("import", "make a network file of a model of another program");
    const auto options = std::make_shared<Options>();
    command.add_argument("FILE", options->file, "an ONNX model or a topology of SCALE-Sim (CSV)");
    command.add_value("-o", options->network_file, "FILE", "file for the network; standard output if left out");
    command.add_values("--dim", options->dims, "NAME=N", "the size of a dimension that a model only names");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
