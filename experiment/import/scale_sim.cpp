#include "experiment/import/scale_sim.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/fields.h"
#include "experiment/import/layer_names.h"
#include "workloads/layer_shape.h"

namespace hypar {
namespace {

constexpr std::size_t kProductCells = 4;
constexpr std::size_t kConvolutionCells = 8;

struct Row {
    std::size_t line;
    std::vector<std::string> cells;
};

/// A layer of the file.
struct Work {
    std::size_t line = 0;
    std::string name;
    FeatureShape input;
    Extent kernel = 1;
    Extent stride = 1;
    std::uint64_t outputs = 0;

    bool is_product() const { return input.is_sequence; }
    /// A filter as large as the maps: fully connected.
    bool is_flat() const { return kernel.height == input.height && kernel.width == input.width; }
};

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

std::vector<Row> rows_of(const std::string& text) {
    std::vector<Row> rows;
    std::size_t line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        Row row{++line, {}};
        for (std::size_t cell = begin; cell <= end;) {
            const std::size_t comma = std::min(text.find(',', cell), end);
            row.cells.push_back(trimmed(text.substr(cell, comma - cell)));
            cell = comma + 1;
        }
        while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
        if (!row.cells.empty()) rows.push_back(std::move(row));
        begin = end + 1;
    }
    return rows;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

class Reader {
public:
    Reader(const std::string& text, std::string label) : label_(std::move(label)), rows_(rows_of(text)) {
        if (rows_.empty()) throw ConfigError("", "the file is empty", label_);
        if (rows_[0].cells.size() > 1 && !is_number(rows_[0].cells[1])) {
            read_header(rows_[0]);
            rows_.erase(rows_.begin());
        } else {
            is_product_ = rows_[0].cells.size() == kProductCells;
        }
        if (rows_.empty()) throw ConfigError("", "expected a line for each layer below the names of columns", label_);
    }

    std::vector<Work> read() const {
        std::vector<Work> works;
        for (const Row& row : rows_) works.push_back(is_product_ ? product(row) : convolution(row));
        return works;
    }

private:
    void read_header(const Row& row) {
        for (std::size_t cell = 1; cell < row.cells.size(); ++cell) columns_[lower(row.cells[cell])] = cell;
        is_product_ = columns_.count("m") > 0 && columns_.count("n") > 0 && columns_.count("k") > 0;
        if (!is_product_ && row.cells.size() < kConvolutionCells) {
            throw ConfigError("",
                              fmt::format("expected the columns of a SCALE-Sim topology: layer name, IFMAP height, "
                                          "IFMAP width, filter height, filter width, channels, num filter, "
                                          "strides; or layer name, M, N, K"),
                              place(row));
        }
    }

    std::string place(const Row& row) const { return fmt::format("{}:{}", label_, row.line); }

    std::uint64_t number(const Row& row, std::size_t cell) const {
        const std::string& text = row.cells[cell];
        if (!is_number(text) || text.size() > 10 || std::stoull(text) < 1 || std::stoull(text) > kLargestCount) {
            throw ConfigError("",
                              fmt::format("column {}: expected an integer from 1 to {}, not \"{}\"", cell + 1,
                                          kLargestCount, printable_text(text)),
                              place(row));
        }
        return std::stoull(text);
    }

    void check_cells(const Row& row, std::size_t least, std::size_t most) const {
        if (row.cells.size() >= least && row.cells.size() <= most) return;
        throw ConfigError("", fmt::format("expected {} columns, not {}", least, row.cells.size()), place(row));
    }

    std::size_t column(const char* name, std::size_t absent) const {
        const auto found = columns_.find(name);
        return found == columns_.end() ? absent : found->second;
    }

    Work product(const Row& row) const {
        check_cells(row, kProductCells, kProductCells);
        Work work;
        work.line = row.line;
        work.name = row.cells[0];
        work.input = FeatureShape::sequence(number(row, column("m", 1)), number(row, column("k", 3)));
        work.outputs = number(row, column("n", 2));
        return work;
    }

    Work convolution(const Row& row) const {
        check_cells(row, kConvolutionCells, kConvolutionCells + 1);
        Work work;
        work.line = row.line;
        work.name = row.cells[0];
        work.input = {number(row, 5), number(row, 1), number(row, 2)};
        work.kernel = {number(row, 3), number(row, 4)};
        work.outputs = number(row, 6);
        work.stride = {number(row, 7), number(row, row.cells.size() > kConvolutionCells ? 8 : 7)};
        return work;
    }

    std::string label_;
    std::vector<Row> rows_;
    bool is_product_ = false;
    std::map<std::string, std::size_t> columns_;  ///< numbers, by lower-case name
};

/// What makes feature maps: a layer, or several together.
struct Maker {
    std::vector<std::string> names;
    FeatureShape shape;
};

/// How a layer reads what was made for it.
struct Fit {
    std::optional<Pool> pool;
    Padding padding = {};
    bool is_sliced = false;
};

/// A pool that makes `target` positions of `extent`; the smallest window that does.
std::optional<Pool> pool_between(std::uint64_t extent, std::uint64_t target) {
    Pool pool;
    if (target == 0 || target >= extent) return std::nullopt;
    for (const std::uint64_t stride : {extent / target, ceil_divide(extent, target)}) {
        for (const std::uint64_t size : {stride, stride + 1}) {
            if (stride < 2 || size > extent) continue;
            pool.size = size;
            pool.stride = stride;
            if ((extent - size) / stride + 1 == target) return pool;
            pool.rounds_up = ceil_divide(extent - size, stride) + 1 == target;
            if (pool.rounds_up && (target - 1) * stride < extent) return pool;
            pool.rounds_up = false;
        }
    }
    return std::nullopt;
}

std::optional<Fit> pooled(const FeatureShape& from, std::uint64_t target, const Padding& padding) {
    Fit fit;
    fit.padding = padding;
    if (target == 1) {
        fit.pool = Pool{};
        fit.pool->kind = PoolKind::Average;
        fit.pool->is_global = true;
        return fit;
    }
    fit.pool = pool_between(from.height, target);
    if (from.height != from.width || !fit.pool) return std::nullopt;
    return fit;
}

/// Zeros around maps, as even as can be.
Padding padding_of(std::uint64_t rows, std::uint64_t columns) {
    return {rows / 2, columns / 2, rows - rows / 2, columns - columns / 2};
}

/// Features of a fully connected layer, from maps that may be pooled before.
std::optional<Fit> fit_flat(const Work& work, const FeatureShape& from) {
    const std::uint64_t features = work.input.elements();
    if (from.elements() == features) return Fit{};
    if (features % from.channels != 0) return std::nullopt;
    for (std::uint64_t side = 1; side < from.height && side * side <= features / from.channels; ++side) {
        if (side * side == features / from.channels) return pooled(from, side, {});
    }
    return std::nullopt;
}

std::optional<Fit> fit_maps(const Work& work, const FeatureShape& from) {
    if (from.channels != work.input.channels) return std::nullopt;
    const FeatureShape& to = work.input;
    if (to.height >= from.height && to.width >= from.width) {
        const std::uint64_t rows = to.height - from.height;
        const std::uint64_t columns = to.width - from.width;
        if (rows >= from.height || columns >= from.width) return std::nullopt;
        return Fit{std::nullopt, padding_of(rows, columns), false};
    }
    if (to.height != to.width) return std::nullopt;
    const std::uint64_t border = work.kernel.height - 1;
    if (border > 0 && border % 2 == 0 && to.height > border) {
        if (const auto fit = pooled(from, to.height - border, padding_of(border, border))) return fit;
    }
    return pooled(from, to.height, {});
}

std::optional<Fit> fit_rows(const Work& work, const FeatureShape& from) {
    if (work.input == from) return Fit{};
    if (work.input.channels > from.channels || work.input.height > from.height) return std::nullopt;
    Fit fit;
    fit.is_sliced = true;
    return fit;
}

std::optional<Fit> fit_of(const Work& work, const FeatureShape& from) {
    if (work.is_product()) return fit_rows(work, from);
    return work.is_flat() ? fit_flat(work, from) : fit_maps(work, from);
}

class Builder {
public:
    explicit Builder(const std::vector<Work>& works) : works_(works) {
        imported_.spec.input = works.front().input;
        makers_.push_back({{"input"}, works.front().input});
    }

    ImportedNetwork build() {
        std::vector<std::string> problems;
        for (const Work& work : works_) {
            try {
                add(work);
            } catch (const ConfigError& error) {
                problems.push_back(
                    fmt::format("line {}, layer \"{}\": {}", work.line, printable_text(work.name), error.problem()));
            }
        }
        if (!problems.empty()) throw ConfigError("", joined_problems(problems));
        note();
        return std::move(imported_);
    }

private:
    void add(const Work& work) {
        const auto [maker, fit] = found(work);
        for (const std::string& name : maker.names) unread_.erase(name);
        const std::string name = names_.take(work.name);
        std::vector<std::string> inputs = maker.names;
        FeatureShape shape = maker.shape;
        if (fit.pool) {
            LayerSpec pool;
            pool.type = LayerType::Pool;
            pool.pool = fit.pool;
            append(pool, names_.take(name + "_pool"), inputs, shape);
            ++pools_;
        }
        if (fit.is_sliced) {
            LayerSpec slice;
            slice.type = LayerType::Slice;
            if (work.input.channels < shape.channels) slice.slice_channels = IndexRange{0, work.input.channels};
            if (work.input.height < shape.height) slice.slice_rows = IndexRange{0, work.input.height};
            append(slice, names_.take(name + "_slice"), inputs, shape);
            ++slices_;
        }
        if (fit.padding != Padding()) ++padded_;
        append(layer_of(work, fit), name, inputs, shape);
        makers_.push_back({{name}, shape});
        unread_[name] = shape;
    }

    static LayerSpec layer_of(const Work& work, const Fit& fit) {
        LayerSpec layer;
        layer.type = work.is_product() || work.is_flat() ? LayerType::FullyConnected : LayerType::Convolution;
        layer.out_channels = work.outputs;
        layer.has_bias = false;
        if (layer.type == LayerType::FullyConnected) return layer;
        layer.kernel = work.kernel;
        layer.stride = work.stride;
        layer.padding = fit.padding;
        return layer;
    }

    /// Adds a layer; `inputs` and `shape` are those of what it makes then.
    void append(LayerSpec layer, const std::string& name, std::vector<std::string>& inputs, FeatureShape& shape) {
        layer.name = name;
        layer.inputs = inputs;
        shape = shape_layer(layer, {shape}).output;
        imported_.spec.layers.push_back(std::move(layer));
        inputs = {name};
    }

    /// The nearest above that makes what a layer reads as it is; else with zeros, pools and parts; else all that
    /// nothing has read yet, together.
    std::pair<Maker, Fit> found(const Work& work) const {
        for (const bool may_change : {false, true}) {
            for (auto maker = makers_.rbegin(); maker != makers_.rend(); ++maker) {
                const auto fit = fit_of(work, maker->shape);
                const bool changes = fit && (fit->pool || fit->is_sliced || fit->padding != Padding());
                if (fit && (!changes || may_change)) return {*maker, *fit};
            }
            if (const auto joined = all_unread()) {
                const auto fit = fit_of(work, joined->shape);
                if (fit) return {*joined, *fit};
            }
        }
        throw ConfigError("", fmt::format("no layer above makes the {} {} that it reads", work.input.channels,
                                          work.is_product() ? "features" : "channels"));
    }

    std::optional<Maker> all_unread() const {
        if (unread_.size() < 2) return std::nullopt;
        Maker maker;
        for (const auto& made : makers_) {
            const auto unread = unread_.find(made.names.front());
            if (unread == unread_.end()) continue;
            const FeatureShape& shape = unread->second;
            if (maker.names.empty()) maker.shape = {0, shape.height, shape.width, shape.is_sequence};
            if (shape.height != maker.shape.height || shape.width != maker.shape.width) return std::nullopt;
            maker.names.push_back(made.names.front());
            maker.shape.channels = checked_add(maker.shape.channels, shape.channels);
        }
        return maker;
    }

    void note() {
        const auto add = [&](std::size_t count, const char* what) {
            if (count > 0) imported_.notes.push_back(fmt::format("{} {}", count, what));
        };
        imported_.notes.emplace_back("what each layer reads follows from sizes alone; the file does not say it");
        add(pools_, "pools put between layers whose sizes differ");
        add(padded_, "layers read zeros around what the layer above makes");
        add(slices_, "layers read a part of what the layer above makes");
        add(names_.changed(), "names changed, to be unique and printable");
    }

    const std::vector<Work>& works_;
    ImportedNetwork imported_;
    LayerNames names_;
    std::vector<Maker> makers_;
    std::map<std::string, FeatureShape> unread_;
    std::size_t pools_ = 0;
    std::size_t padded_ = 0;
    std::size_t slices_ = 0;
};

}  // namespace

ImportedNetwork convert_scale_sim(const std::string& text, const std::string& label) {
    const std::vector<Work> works = Reader(text, label).read();
    return Builder(works).build();
}

}  // namespace hypar
