#include "experiment/layer_reader.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/names.h"
#include "experiment/yaml/map_reader.h"
#include "experiment/yaml/scalar.h"

namespace hypar {
namespace {

bool read_flag(const Field& field) { return read_choice(field, {"false", "true"}) == 1; }

/// One number, or one for each item of a list of `counts` numbers.
std::vector<std::uint64_t> read_numbers(const Field& field, std::uint64_t least, const std::set<std::size_t>& counts,
                                        const char* expected) {
    if (field.value().kind != YamlValue::Kind::Sequence) return {read_integer(field, least)};
    const std::vector<Field> items = read_list(field, expected);
    if (counts.count(items.size()) == 0) {
        throw field.error(fmt::format("expected {}, not {} numbers", expected, items.size()));
    }
    std::vector<std::uint64_t> numbers;
    numbers.reserve(items.size());
    for (const Field& item : items) numbers.push_back(read_integer(item, least));
    return numbers;
}

Extent read_extent(const Field& field, std::uint64_t least = 1) {
    const auto numbers = read_numbers(field, least, {2}, "a number or [height, width]");
    return numbers.size() == 1 ? Extent(numbers[0]) : Extent(numbers[0], numbers[1]);
}

Padding read_padding(const Field& field) {
    const auto numbers = read_numbers(field, 0, {2, 4}, "a number, [height, width] or [top, left, bottom, right]");
    if (numbers.size() == 1) return {numbers[0]};
    if (numbers.size() == 2) return {numbers[0], numbers[1]};
    return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

IndexRange read_range(const Field& field) {
    if (field.value().kind != YamlValue::Kind::Sequence) throw field.expected("[begin, end]");
    const auto numbers = read_numbers(field, 0, {2}, "[begin, end]");
    return {numbers[0], numbers[1]};
}

/// Size, stride and so on, of a map that may have a key for other things.
Pool read_pool_keys(const MapReader& map) {
    Pool pool;
    pool.kind = read_choice(map.required("kind", "max or average"), {"max", "average"}) == 0 ? PoolKind::Max
                                                                                             : PoolKind::Average;
    if (const auto global = map.optional("global")) pool.is_global = read_flag(*global);
    if (pool.is_global) {
        for (const char* key : {"size", "stride", "padding", "rounding"}) {
            if (const auto field = map.optional(key)) throw field->error("a global pool has no such key");
        }
        return pool;
    }
    pool.size = read_extent(map.required("size", "an integer"));
    pool.stride = pool.size;
    if (const auto stride = map.optional("stride")) pool.stride = read_extent(*stride);
    if (const auto padding = map.optional("padding")) pool.padding = read_padding(*padding);
    if (const auto rounding = map.optional("rounding")) {
        pool.rounds_up = read_choice(*rounding, {"down", "up"}) == 1;
    }
    return pool;
}

/// How a key is read into a layer.
struct Entry {
    LayerKey key;
    const char* expected;  ///< where it is required and missing
    void (*read)(const Field& field, LayerSpec& layer);
};

constexpr const char* kRequired = "";
constexpr const char* kInteger = "an integer";

const Entry kOutChannels{{"out_channels", "output channels", kRequired}, kInteger, [](const Field& f, LayerSpec& l) {
                             l.out_channels = read_integer(f, 1);
                         }};
const Entry kOutFeatures{{"out_features", "output features", kRequired}, kInteger, [](const Field& f, LayerSpec& l) {
                             l.out_channels = read_integer(f, 1);
                         }};
const Entry kFeatures{{"features", "features of each row of the table", kRequired},
                      kInteger,
                      [](const Field& f, LayerSpec& l) { l.out_channels = read_integer(f, 1); }};
const Entry kVocabulary{{"vocabulary", "rows of the table", kRequired}, kInteger, [](const Field& f, LayerSpec& l) {
                            l.vocabulary = read_integer(f, 1);
                        }};
const Entry kKernel{{"kernel", "a number or `[height, width]`", kRequired, LayerValue::Extent},
                    kInteger,
                    [](const Field& f, LayerSpec& l) { l.kernel = read_extent(f); }};
const Entry kStride{{"stride", "a number or `[height, width]`", "1", LayerValue::Extent},
                    "",
                    [](const Field& f, LayerSpec& l) { l.stride = read_extent(f); }};
const Entry kPadding{
    {"padding", "a number, `[height, width]` or `[top, left, bottom, right]`", "0", LayerValue::Padding, 0},
    "",
    [](const Field& f, LayerSpec& l) { l.padding = read_padding(f); }};
const Entry kOutputPadding{
    {"output_padding", "rows and columns of the output beyond the least", "0", LayerValue::Extent, 0},
    "",
    [](const Field& f, LayerSpec& l) { l.output_padding = read_extent(f, 0); }};
const Entry kDilation{{"dilation", "a number or `[height, width]`", "1", LayerValue::Extent},
                      "",
                      [](const Field& f, LayerSpec& l) { l.dilation = read_extent(f); }};
const Entry kGroups{{"groups", "groups of channels, each with outputs of its own", "1"},
                    "",
                    [](const Field& f, LayerSpec& l) { l.groups = read_integer(f, 1); }};
const Entry kBias{{"bias", "`true` or `false`: a number added to each output channel, counted in parameters", "true",
                   LayerValue::Flag},
                  "",
                  [](const Field& f, LayerSpec& l) { l.has_bias = read_flag(f); }};
/// Read together, as those of a pool: see read_pool_keys.
void read_nothing(const Field&, LayerSpec&) {}

const std::vector<Entry> kPoolKeys{
    {{"kind", "`max` or `average`", kRequired, LayerValue::PoolKind}, "max or average", read_nothing},
    {{"size", "of the window, a number or `[height, width]`; none if it is global", kRequired, LayerValue::Extent},
     kInteger,
     read_nothing},
    {{"stride", "a number or `[height, width]`", "`size`", LayerValue::Extent}, "", read_nothing},
    {{"padding", "as of a convolution", "0", LayerValue::Padding, 0}, "", read_nothing},
    {{"rounding", "`down`, or `up` where a last window reaches over the edge", "down", LayerValue::Rounding},
     "",
     read_nothing},
    {{"global", "`true`: over whole maps", "false", LayerValue::Flag}, "", read_nothing},
};

std::vector<std::string> names_of(const std::vector<Entry>& entries) {
    std::vector<std::string> names;
    names.reserve(entries.size());
    for (const Entry& entry : entries) names.emplace_back(entry.key.name);
    return names;
}

const Entry kOwnPool{
    {"pool", "pooling of its outputs, a map with the keys of `pool` below", "none", LayerValue::Pool},
    "",
    [](const Field& f, LayerSpec& l) { l.pool = read_pool_keys(MapReader(f, names_of(kPoolKeys))); }};
const Entry kWeights{{"weights", "the layer above whose weights it uses", "its own", LayerValue::Text},
                     "",
                     [](const Field& f, LayerSpec& l) { l.weights_of = read_text(f); }};
const Entry kHeads{{"heads", "groups of features, each by itself", "1"}, "", [](const Field& f, LayerSpec& l) {
                       l.heads = read_integer(f, 1);
                   }};
const Entry kKvHeads{{"kv_heads", "those of its second input", "`heads`"}, "", [](const Field& f, LayerSpec& l) {
                         l.kv_heads = read_integer(f, 1);
                     }};
const Entry kTransposed{
    {"transposed",
     "`true`: the features of two tokens are summed, as of queries and keys; `false`: tokens of the "
     "second input are, as of weights and values",
     "false", LayerValue::Flag},
    "",
    [](const Field& f, LayerSpec& l) { l.has_transposed = read_flag(f); }};
const Entry kClassToken{
    {"class_token", "`true`: one more token, learned, before the others", "false", LayerValue::Flag},
    "",
    [](const Field& f, LayerSpec& l) { l.has_class_token = read_flag(f); }};
const Entry kChannels{{"channels", "`[begin, end]`", "all", LayerValue::Range, 0},
                      "",
                      [](const Field& f, LayerSpec& l) { l.slice_channels = read_range(f); }};
const Entry kRows{{"rows", "`[begin, end]` of rows or tokens", "all", LayerValue::Range, 0},
                  "",
                  [](const Field& f, LayerSpec& l) { l.slice_rows = read_range(f); }};

const std::vector<Entry>& entries_of(LayerType type) {
    static const std::vector<Entry> kConvolution{kOutChannels, kKernel, kStride,  kPadding, kDilation,
                                                 kGroups,      kBias,   kOwnPool, kWeights};
    static const std::vector<Entry> kFc{kOutFeatures, kBias, kWeights};
    static const std::vector<Entry> kConvolutionBack{kOutChannels, kKernel, kStride, kPadding, kOutputPadding,
                                                     kDilation,    kGroups, kBias,   kWeights};
    static const std::vector<Entry> kEmbedding{kVocabulary, kFeatures, kWeights};
    static const std::vector<Entry> kProduct{kHeads, kKvHeads, kTransposed};
    static const std::vector<Entry> kPosition{kClassToken};
    static const std::vector<Entry> kSlice{kChannels, kRows};
    static const std::vector<Entry> kSoftmax{kHeads};
    static const std::vector<Entry> kNothing;
    switch (type) {
        case LayerType::Convolution: return kConvolution;
        case LayerType::FullyConnected: return kFc;
        case LayerType::TransposedConvolution: return kConvolutionBack;
        case LayerType::Embedding: return kEmbedding;
        case LayerType::Product: return kProduct;
        case LayerType::Position: return kPosition;
        case LayerType::Pool: return kPoolKeys;
        case LayerType::Slice: return kSlice;
        case LayerType::Softmax: return kSoftmax;
        default: return kNothing;
    }
}

/// The keys that a layer of a kind may have.
std::vector<std::string> all_names_of(LayerType type) {
    std::vector<std::string> names{"name", "type"};
    for (std::string& name : names_of(entries_of(type))) names.push_back(std::move(name));
    names.emplace_back("inputs");
    return names;
}

/// Those that some kind may have.
std::vector<std::string> all_names() {
    std::vector<std::string> all;
    for (const LayerKind& kind : kLayerKinds) {
        for (const std::string& name : all_names_of(kind.type)) {
            if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
        }
    }
    return all;
}

std::vector<std::string> read_inputs(const Field& field) {
    std::vector<std::string> names;
    for (const Field& item : read_list(field, "a list of layers' names")) names.push_back(read_text(item));
    return names;
}

/// The type says which keys there may be. Only a layer without one is looked at for keys that none may have.
LayerType read_type(const Field& field) {
    const YamlEntry* entry = field.value().find("type");
    const Field type = entry != nullptr
                           ? Field(entry->value, field.key_of("type"))
                           : MapReader(field, all_names()).required("type", "a kind of layer, such as conv or fc");
    return static_cast<LayerType>(read_choice(type, layer_kind_names()));
}

}  // namespace

LayerSpec read_layer(const Field& field) {
    LayerSpec layer;
    layer.type = read_type(field);
    const std::vector<Entry>& entries = entries_of(layer.type);
    const MapReader map(field, all_names_of(layer.type));
    for (const Entry& entry : entries) {
        if (entry.read == read_nothing) continue;
        const bool is_required = std::string(entry.key.initial).empty();
        const auto given = is_required ? map.required(entry.key.name, entry.expected) : map.optional(entry.key.name);
        if (given) entry.read(*given, layer);
    }
    if (layer.type == LayerType::Pool) layer.pool = read_pool_keys(map);
    layer.name = read_text(map.required("name", "the layer's name"));
    if (const auto inputs = map.optional("inputs")) layer.inputs = read_inputs(*inputs);
    return layer;
}

std::vector<LayerKey> keys_of(LayerType type) {
    std::vector<LayerKey> keys;
    for (const Entry& entry : entries_of(type)) keys.push_back(entry.key);
    return keys;
}

}  // namespace hypar
