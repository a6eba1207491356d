#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "partition/redistribution.h"
#include "tests/partition/support.h"
#include "workloads/network.h"

namespace hypar {

/// Small graphs of operators of every kind, mostly with odd sizes: residual blocks, squeezes, concatenations, norms,
/// activations, pools, slices, positions, embeddings, attention with heads of queries and of keys, weights that are
/// shared, and several readers of one tensor. What does not fit together is drawn again.
class RandomOperators {
public:
    explicit RandomOperators(std::mt19937& random) : random_(random) {}

    Network next(std::size_t most_layers) {
        spec_ = {"random", "", input(), {}};
        const std::size_t layers = between(1, most_layers);
        if (spec_.input.channels == 1 && spec_.input.is_sequence) embed();
        while (spec_.layers.size() < layers) {
            const NetworkSpec before = spec_;
            try {
                grow();
                Network grown(spec_);
            } catch (const ConfigError&) {
                spec_ = before;
            }
        }
        return Network(spec_);
    }

private:
    struct Tensor {
        std::string name;
        FeatureShape shape;
    };

    static constexpr std::uint64_t kMostTokens = 10;  // scores have heads times as many channels

    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return random_between(random_, least, most); }
    bool one_in(std::uint64_t count) { return between(1, count) == 1; }

    FeatureShape input() {
        if (one_in(4)) return FeatureShape::sequence(between(1, kMostTokens), 1);
        if (one_in(2)) return FeatureShape::sequence(between(1, kMostTokens), between(2, 12));
        return {between(1, 6), between(1, 9), between(1, 5)};
    }

    /// All that can be read.
    std::vector<Tensor> tensors() const {
        std::vector<Tensor> all{{"input", spec_.input}};
        if (spec_.layers.empty()) return all;
        const Network network(spec_);
        for (const Layer& layer : network.layers()) all.push_back({layer.name, layer.output});
        return all;
    }

    template <typename Item>
    const Item& one_of(const std::vector<Item>& items) {
        if (items.empty()) throw ConfigError("", "there is none");
        return items[between(0, items.size() - 1)];
    }

    /// Mostly the latest.
    Tensor any() {
        const std::vector<Tensor> all = tensors();
        return one_in(2) ? all.back() : one_of(all);
    }

    /// Some of one shape, or of as large maps at least, beginning with `first`.
    std::vector<Tensor> like(const Tensor& first, bool of_as_many_channels, std::uint64_t most) {
        std::vector<Tensor> alike{first};
        for (const Tensor& other : tensors()) {
            FeatureShape shape = other.shape;
            if (!of_as_many_channels) shape.channels = first.shape.channels;
            if (other.name == first.name || shape != first.shape || alike.size() == most || one_in(4)) continue;
            alike.push_back(other);
        }
        return alike;
    }

    static std::vector<std::string> names_of(const std::vector<Tensor>& some) {
        std::vector<std::string> names;
        for (const Tensor& tensor : some) names.push_back(tensor.name);
        return names;
    }

    LayerSpec& append(LayerType type, std::vector<std::string> inputs, std::uint64_t out_channels = 0) {
        LayerSpec layer;
        layer.name = "layer" + std::to_string(spec_.layers.size());
        layer.type = type;
        layer.inputs = std::move(inputs);
        layer.out_channels = out_channels;
        spec_.layers.push_back(layer);
        return spec_.layers.back();
    }
    Tensor latest() const { return tensors().back(); }

    void grow() {
        switch (between(0, 11)) {
            case 0: return convolve(any());
            case 1: return fully_connect(any(), between(1, 12));
            case 2: return convolve_back(any());
            case 3: return apply(any());
            case 4: return pool(any());
            case 5: return slice(any());
            case 6: append(LayerType::Position, {any().name}).has_class_token = one_in(2); return;
            case 7: return join(any());
            case 8: return combine(any());
            case 9: return squeeze(any());
            case 10: return attend(any());
            default: return reuse();
        }
    }

    void embed() { append(LayerType::Embedding, {"input"}, between(1, 12)).vocabulary = between(1, 9); }

    void fully_connect(const Tensor& read, std::uint64_t features) {
        append(LayerType::FullyConnected, {read.name}, features);
    }

    Pool window() {
        Pool pool{one_in(2) ? PoolKind::Max : PoolKind::Average, {between(1, 3), between(1, 3)}, between(1, 3)};
        pool.padding = {between(0, 1), between(0, 1), between(0, 1), between(0, 1)};
        pool.rounds_up = one_in(2);
        return pool;
    }

    void convolve(const Tensor& read) {
        LayerSpec& layer = append(LayerType::Convolution, {read.name}, between(1, 9));
        layer.kernel = {between(1, 4), between(1, 3)};
        layer.stride = between(1, 2);
        layer.dilation = {between(1, 2), 1};
        layer.padding = {between(0, 2), between(0, 1), between(0, 2), between(0, 1)};
        if (one_in(3)) layer.pool = window();
        if (one_in(3) && read.shape.channels % 2 == 0) {
            layer.groups = one_in(2) ? 2 : read.shape.channels;
            layer.out_channels = layer.groups * between(1, 2);
        }
    }

    void convolve_back(const Tensor& read) {
        LayerSpec& layer = append(LayerType::TransposedConvolution, {read.name}, between(1, 7));
        layer.kernel = between(1, 3);
        layer.stride = between(1, 2);
        layer.padding = {between(0, 1), between(0, 1), between(0, 1), between(0, 1)};
        layer.output_padding = between(0, 1);
    }

    std::uint64_t divisor_of(std::uint64_t count) {
        std::vector<std::uint64_t> divisors;
        for (std::uint64_t divisor = 1; divisor <= count; ++divisor) {
            if (count % divisor == 0) divisors.push_back(divisor);
        }
        return one_of(divisors);
    }

    /// A function of one tensor.
    void apply(const Tensor& read) {
        const std::vector<LayerType> types = {LayerType::BatchNorm,    LayerType::LayerNorm, LayerType::RmsNorm,
                                              LayerType::ResponseNorm, LayerType::Relu,      LayerType::Gelu,
                                              LayerType::Sigmoid,      LayerType::Softmax,   LayerType::Loss};
        LayerSpec& layer = append(one_of(types), {read.name});
        if (layer.type == LayerType::Softmax) layer.heads = divisor_of(read.shape.channels);
    }

    void pool(const Tensor& read) {
        LayerSpec& layer = append(LayerType::Pool, {read.name});
        layer.pool = window();
        layer.pool->is_global = one_in(4);
    }

    std::optional<IndexRange> part_of(std::uint64_t extent) {
        const std::uint64_t begin = between(0, extent - 1);
        return IndexRange{begin, between(begin + 1, extent)};
    }

    void slice(const Tensor& read) {
        LayerSpec& layer = append(LayerType::Slice, {read.name});
        if (one_in(2)) layer.slice_rows = part_of(read.shape.height);
        if (!layer.slice_rows || one_in(3)) layer.slice_channels = part_of(read.shape.channels);
    }

    /// A concatenation and who reads it, through a layer that stands for it or by themselves.
    void join(const Tensor& first) {
        std::vector<std::string> joined = names_of(like(first, false, 3));
        if (one_in(2)) joined = {append(LayerType::Concatenate, joined).name};
        for (std::uint64_t readers = between(1, 2); readers > 0; --readers) {
            if (one_in(2)) {
                append(one_in(2) ? LayerType::BatchNorm : LayerType::Relu, joined);
            } else {
                append(LayerType::Convolution, joined, between(1, 7));
            }
        }
    }

    /// A sum or a product of two or three, one of which may be made for it.
    void combine(const Tensor& first) {
        if (one_in(2)) {
            append(LayerType::Convolution, {first.name}, first.shape.channels);
            if (one_in(2)) append(LayerType::BatchNorm, {latest().name});
        }
        append(one_in(3) ? LayerType::Multiply : LayerType::Add, names_of(like(first, true, between(2, 3))));
    }

    /// Channels times a number each, which is made of them.
    void squeeze(const Tensor& read) {
        append(LayerType::Pool, {read.name}).pool = Pool{PoolKind::Average, 1, 1, {}, false, true};
        append(LayerType::Convolution, {latest().name}, read.shape.channels);
        if (one_in(2)) append(LayerType::Sigmoid, {latest().name});
        std::vector<std::string> both{read.name, latest().name};
        if (one_in(3)) std::reverse(both.begin(), both.end());
        append(one_in(4) ? LayerType::Add : LayerType::Multiply, both);
    }

    std::string product(const std::string& first, const std::string& second, std::uint64_t heads,
                        std::uint64_t kv_heads, bool has_transposed) {
        LayerSpec& layer = append(LayerType::Product, {first, second});
        layer.heads = heads;
        layer.kv_heads = kv_heads;
        layer.has_transposed = has_transposed;
        return layer.name;
    }

    /// Attention to itself or to another sequence; or a product of what is there.
    void attend(const Tensor& from) {
        const Tensor to = any();
        if (from.shape.plane() > kMostTokens || to.shape.plane() > kMostTokens) return;
        const std::uint64_t kv_heads = between(1, 4);
        const std::uint64_t heads = kv_heads * between(1, 2);
        if (one_in(3)) {
            product(from.name, to.name, heads, one_in(2) ? kv_heads : heads, one_in(2));
            return;
        }
        const std::uint64_t features = between(1, 3);
        const auto projected = [&](const Tensor& read, std::uint64_t made) {
            fully_connect(read, made);
            return latest().name;
        };
        const std::string queries = projected(from, heads * features);
        const std::string keys = projected(to, kv_heads * features);
        const std::string values = projected(to, kv_heads * between(1, 3));
        std::string scores = product(queries, keys, heads, kv_heads, true);
        if (!one_in(3)) {
            LayerSpec& softmax = append(LayerType::Softmax, {scores});
            softmax.heads = heads;
            scores = softmax.name;
        }
        product(scores, values, heads, kv_heads, false);
        if (one_in(2)) fully_connect(latest(), between(1, 9));
    }

    /// The weights of a layer above, for what has as many channels as it reads, or as the embedding makes.
    void reuse() {
        if (spec_.layers.empty()) return;
        const LayerSpec shared = one_of(spec_.layers);
        const bool is_embedding = shared.type == LayerType::Embedding;
        std::vector<Tensor> fitting;
        std::uint64_t channels = 0;
        const Network network(spec_);
        for (const Layer& layer : network.layers()) {
            if (layer.name == shared.name) channels = is_embedding ? layer.output.channels : layer.input.channels;
        }
        for (const Tensor& tensor : tensors()) {
            if (tensor.shape.channels == channels || tensor.shape.elements() == channels) fitting.push_back(tensor);
        }
        LayerSpec& layer = append(shared.type, {one_of(fitting).name}, shared.out_channels);
        layer.kernel = shared.kernel;
        layer.groups = shared.groups;
        layer.weights_of = shared.name;
        if (!is_embedding) return;
        layer.type = LayerType::FullyConnected;
        layer.out_channels = shared.vocabulary;
    }

    std::mt19937& random_;
    NetworkSpec spec_;
};

/// A random plan; half of the layers that use another's weights divide them alike where they can.
inline Plan random_plan_of_operators(std::mt19937& random, const Network& network, const Levels& levels,
                                     SplitSet splits = kAllSplits) {
    const StepShape step;
    PlanSpace space(network, step, levels);
    space.restrict_to(with_heads(splits, network));
    std::vector<LayerPlan> layers = layer_plans_of(network, random_plan(random, space));
    for (std::size_t layer = 0; layer < network.size(); ++layer) {
        const std::optional<std::size_t>& owner = network.weights_of(layer);
        if (!owner || random() % 2 == 0) continue;
        LayerPlan alike = layers[*owner];
        if (network.layer(*owner).type == LayerType::Embedding) {
            std::replace(alike.begin(), alike.end(), Parallelism::Output, Parallelism::Model);
        }
        if (space.allows(layer, alike)) layers[layer] = alike;
    }
    return plan_of(layers, levels);
}

}  // namespace hypar
