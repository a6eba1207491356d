#include <memory>
#include <string>
#include <vector>

#include "apps/commands/commands.h"
#include "apps/terminal/options.h"
#include "apps/terminal/output.h"
#include "apps/terminal/result_folder.h"
#include "report/network_render.h"

namespace hypar {
namespace {

struct Options {
    std::string network;
    std::vector<std::string> settings;
    std::string format = "text";
    std::string folder;
};

void run(const Options& options) {
    choose("--format " + options.format, options.format, {"text", "json", "html"});
    const Network network = load_network(options.network, read_overrides(options.settings));
    const ResultFolder folder(options.folder, PageKind::Network);
    const auto text = [&](const TextStyle& style) { return network_text(network, style); };
    const Renderings result{text, network_json(network), ""};
    folder.write(result);
    print_result(options.format == "html" ? page_html(PageKind::Network, result.json) : result.of(options.format));
}

}  // namespace

void add_show_command(CommandLine& line) {
    Command command = line.add_command("show", "show a network: its layers, their shapes, weights and operations");
    const auto options = std::make_shared<Options>();
    command.add_argument("NETWORK", options->network,
                         "a file of a network or an experiment, or a name that `hypar list networks` shows");
    command.add_values("--set", options->settings, "KEY=VALUE",
                       "KEY=VALUE in place of the file's, such as network.parameters.tokens=128");
    command.add_value("-o", options->folder, "DIR", "folder for the page (index.html), report.json and report.txt");
    command.add_value("--format", options->format, "text|json|html", "how it is printed; text if left out");
    command.runs([options] { run(*options); });
}

}  // namespace hypar
