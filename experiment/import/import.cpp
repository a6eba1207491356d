#include "experiment/import/import.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "experiment/import/layer_names.h"
#include "experiment/import/network_writer.h"
#include "experiment/import/onnx_conversion.h"
#include "experiment/import/scale_sim.h"
#include "experiment/network_reader.h"
#include "experiment/yaml/file_bytes.h"

namespace hypar {
namespace {

/// That a model of ONNX may have: more than its format, Protocol Buffers, can hold.
constexpr std::size_t kMostMebibytes = 2048;

bool is_text(const std::string& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) {
        return static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\r' || c == '\n';
    });
}

bool is_topology(const std::string& bytes, const std::filesystem::path& file) {
    if (file.extension() == ".csv") return true;
    return file.extension() != ".onnx" && is_text(bytes);
}

ImportedNetwork converted(const std::string& bytes, const std::filesystem::path& file, const DimSizes& sizes) {
    const std::string name = file.filename().string();
    if (is_topology(bytes, file)) {
        ImportedNetwork imported = convert_scale_sim(bytes, file.string());
        imported.spec.source = printable_text(name) + ", a topology of SCALE-Sim";
        return imported;
    }
    const OnnxModel model = parse_onnx(bytes);
    ImportedNetwork imported = convert_onnx(model, sizes);
    imported.spec.source = fmt::format("{}, ONNX opset {}", printable_text(name), model.opset);
    return imported;
}

}  // namespace

ImportedFile import_bytes(const std::string& bytes, const std::filesystem::path& file,
                          const std::map<std::string, std::uint64_t>& sizes) {
    try {
        if (bytes.empty()) throw ConfigError("", "the file is empty");
        ImportedNetwork imported = converted(bytes, file, sizes);
        imported.spec.name = printable_text(file.stem().string());
        std::string yaml = network_yaml(imported.spec);
        Network network = read_network(Field(read_yaml_option(yaml, file.string()), ""));
        return {std::move(yaml), std::move(network), std::move(imported.notes)};
    } catch (const ConfigError& error) {
        if (error.key().empty() && !error.place().empty()) throw;
        throw error.at(file.string());
    } catch (const std::overflow_error& error) {
        throw ConfigError("", fmt::format("its sizes are too large: {}", error.what()), file.string());
    }
}

ImportedFile import_network(const std::filesystem::path& file, const std::map<std::string, std::uint64_t>& sizes) {
    return import_bytes(file_bytes(file, file.string(), kMostMebibytes), file, sizes);
}

}  // namespace hypar
