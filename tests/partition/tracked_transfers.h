#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "partition/exchange.h"
#include "tests/partition/support.h"

namespace hypar {

/// The oracle of the exchanges: every accelerator's memory, element by element, and who has contributed to each
/// element's sum. Exchanges are carried out as their pattern says; what is sent is counted one element at a time,
/// from what the sender holds and the receiver needs, with no formula.
///
/// Where `mirrored` has bit k, the halves of level k change places: the second takes the odd item.

/// Who contributed to a sum: a bit for each accelerator (partial sums) or consumer (errors). 0: not held.
using Contributors = std::uint64_t;

struct Sizes {
    std::uint64_t item_bytes = 0;          ///< of one item of one sample
    std::uint64_t partial_item_bytes = 0;  ///< of one whose sum is not complete
};

/// The levels at which halves change places, as a mask of accelerators.
inline std::uint64_t accelerators_mirrored(LevelSet mirrored, std::size_t levels) {
    std::uint64_t mask = 0;
    for (std::size_t level = 0; level < levels; ++level) {
        if ((mirrored & level_bit(level)) != 0) mask |= std::uint64_t{1} << (levels - 1 - level);
    }
    return mask;
}

/// One tensor of samples x items, spread over the accelerators.
class TrackedTensor {
public:
    TrackedTensor(std::uint64_t samples, std::uint64_t items, std::size_t levels, LevelSet mirrored, Sizes sizes)
        : levels_(levels),
          samples_(leaves_of(samples, levels, mirrored)),
          items_(leaves_of(items, levels, mirrored)),
          sizes_(sizes),
          complete_(samples),
          held_(accelerators(), std::vector<Contributors>(samples * items)) {}

    std::uint64_t accelerators() const { return std::uint64_t{1} << levels_; }

    /// Every accelerator holds its part of `layout`, contributed to by itself; a sum is complete when all
    /// accelerators that hold its sample have contributed.
    void start_partial(const Layout& layout) {
        for (std::uint64_t sample = 0; sample < samples_.size(); ++sample) {
            complete_[sample] = 0;
            for (std::uint64_t i = 0; i < accelerators(); ++i) {
                if (owns(samples_[sample], layout.batch, i)) complete_[sample] |= Contributors{1} << i;
            }
        }
        for (std::uint64_t i = 0; i < accelerators(); ++i) {
            for_each_of(layout, i,
                        [&](std::size_t, std::size_t element) { held_[i][element] = Contributors{1} << i; });
        }
    }

    /// Every accelerator holds its part of `layout`, contributed to by `contributors` of `all` there are.
    void start(const Layout& layout, Contributors contributors, Contributors all) {
        complete_.assign(samples_.size(), all);
        for (std::uint64_t i = 0; i < accelerators(); ++i) {
            for_each_of(layout, i, [&](std::size_t, std::size_t element) { held_[i][element] = contributors; });
        }
    }

    /// Carries out one exchange; returns the bytes that each accelerator sent.
    std::vector<std::uint64_t> carry_out(const Exchange& exchange) {
        std::vector<std::uint64_t> sent(accelerators(), 0);
        std::vector<std::vector<Contributors>> next(accelerators(), std::vector<Contributors>(held_[0].size()));
        for (std::uint64_t i = 0; i < accelerators(); ++i) {
            const std::uint64_t partner = i ^ (std::uint64_t{1} << (levels_ - 1 - exchange.level));
            for_each_of(exchange.after, i, [&](std::size_t sample, std::size_t element) {
                const Contributors own = held_[i][element];
                const Contributors theirs = held_[partner][element];
                const bool adds = exchange.pattern == Pattern::ReduceScatter;
                if (adds || own == 0) {
                    if (theirs == 0 || (adds && own == 0)) missing_ = true;
                    sent[partner] += theirs == complete_[sample] ? sizes_.item_bytes : sizes_.partial_item_bytes;
                }
                if (adds && (own & theirs) != 0) added_twice_ = true;
                next[i][element] = adds ? own | theirs : (own != 0 ? own : theirs);
            });
        }
        held_ = std::move(next);
        return sent;
    }

    /// Adds the contributions of `other`, which must be spread alike.
    void add(const TrackedTensor& other) {
        for (std::uint64_t i = 0; i < accelerators(); ++i) {
            for (std::size_t element = 0; element < held_[i].size(); ++element) {
                if ((held_[i][element] & other.held_[i][element]) != 0) added_twice_ = true;
                if ((held_[i][element] == 0) != (other.held_[i][element] == 0)) missing_ = true;
                held_[i][element] |= other.held_[i][element];
            }
        }
    }

    /// Every accelerator holds its part of `layout`, all sums complete, and nothing else; nothing that an exchange
    /// needed was missing, nothing was added twice.
    testing::AssertionResult is_complete_in(const Layout& layout) const {
        if (missing_) return testing::AssertionFailure() << "the sender did not hold what it had to send";
        if (added_twice_) return testing::AssertionFailure() << "a contribution was added twice";
        for (std::uint64_t i = 0; i < accelerators(); ++i) {
            bool complete = true;
            std::size_t expected = 0;
            for_each_of(layout, i, [&](std::size_t sample, std::size_t element) {
                ++expected;
                if (held_[i][element] != complete_[sample]) complete = false;
            });
            std::size_t held = 0;
            for (const Contributors contributors : held_[i]) held += contributors != 0 ? 1U : 0U;
            if (!complete) return testing::AssertionFailure() << "accelerator " << i << " lacks a part of a sum";
            if (held != expected) return testing::AssertionFailure() << "accelerator " << i << " holds " << held;
        }
        return testing::AssertionSuccess();
    }

    /// Items of one sample that accelerator `i` has in `layout`.
    std::uint64_t items_of(const Layout& layout, std::uint64_t i) const {
        std::uint64_t count = 0;
        for (const std::uint64_t leaf : items_) count += owns(leaf, layout.channels, i) ? 1U : 0U;
        return count;
    }

private:
    bool owns(std::uint64_t leaf, LevelSet split, std::uint64_t i) const {
        std::uint64_t bits = 0;
        for (std::size_t level = 0; level < levels_; ++level) {
            if ((split & level_bit(level)) != 0) bits |= std::uint64_t{1} << (levels_ - 1 - level);
        }
        return (leaf & bits) == (i & bits);
    }

    template <typename Visit>
    void for_each_of(const Layout& layout, std::uint64_t i, const Visit& visit) const {
        std::vector<std::size_t> own_items;
        for (std::size_t item = 0; item < items_.size(); ++item) {
            if (owns(items_[item], layout.channels, i)) own_items.push_back(item);
        }
        for (std::size_t sample = 0; sample < samples_.size(); ++sample) {
            if (!owns(samples_[sample], layout.batch, i)) continue;
            for (const std::size_t item : own_items) visit(sample, sample * items_.size() + item);
        }
    }

    std::size_t levels_;
    std::vector<std::uint64_t> samples_;  ///< the leaf of each
    std::vector<std::uint64_t> items_;
    Sizes sizes_;
    std::vector<Contributors> complete_;  ///< of each sample
    std::vector<std::vector<Contributors>> held_;
    bool missing_ = false;
    bool added_twice_ = false;
};

/// A layer's gradient, element by element: which elements of dW each accelerator holds and who contributed to them.
class TrackedGradient {
public:
    /// `elements` has, for each accelerator, the elements of dW of its own input channels.
    TrackedGradient(std::vector<std::vector<std::uint64_t>> elements, const Layout& layout, std::size_t levels,
                    LevelSet mirrored, std::uint64_t element_bytes)
        : levels_(levels), mirrored_(mirrored), element_bytes_(element_bytes), elements_(std::move(elements)) {
        std::uint64_t batch_bits = 0;
        for (std::size_t level = 0; level < levels; ++level) {
            if ((layout.batch & level_bit(level)) != 0) batch_bits |= std::uint64_t{1} << (levels - 1 - level);
        }
        for (std::uint64_t i = 0; i < elements_.size(); ++i) {
            ranges_.push_back({0, elements_[i].size()});
            held_.emplace_back(elements_[i].size(), Contributors{1} << i);
            complete_.push_back(0);
            for (std::uint64_t other = 0; other < elements_.size(); ++other) {
                if (((i ^ other) & ~batch_bits) == 0) complete_[i] |= Contributors{1} << other;
            }
        }
    }

    std::vector<std::uint64_t> carry_out(const Exchange& exchange) {
        std::vector<std::uint64_t> sent(elements_.size(), 0);
        std::vector<Range> after = ranges_;
        std::vector<std::vector<Contributors>> next = held_;
        const std::uint64_t bit = std::uint64_t{1} << (levels_ - 1 - exchange.level);
        for (std::uint64_t i = 0; i < elements_.size(); ++i) {
            const std::uint64_t partner = i ^ bit;
            if (elements_[i] != elements_[partner]) different_kernels_ = true;
            const Range own = ranges_[i];
            const Range theirs = ranges_[partner];
            if (exchange.pattern == Pattern::ReduceScatter) {
                if (own.begin != theirs.begin || own.end != theirs.end) different_kernels_ = true;
                const bool first = ((i & bit) == 0) != ((mirrored_ & level_bit(exchange.level)) != 0);
                const std::uint64_t middle = own.begin + (own.end - own.begin + 1) / 2;
                after[i] = first ? Range{own.begin, middle} : Range{middle, own.end};
                for (std::uint64_t element = after[i].begin; element < after[i].end; ++element) {
                    if ((held_[i][element] & held_[partner][element]) != 0) added_twice_ = true;
                    next[i][element] |= held_[partner][element];
                    sent[partner] += element_bytes_;
                }
            } else {
                after[i] = {std::min(own.begin, theirs.begin), std::max(own.end, theirs.end)};
                for (std::uint64_t element = theirs.begin; element < theirs.end; ++element) {
                    next[i][element] = held_[partner][element];
                    sent[partner] += element_bytes_;
                }
            }
        }
        ranges_ = std::move(after);
        held_ = std::move(next);
        return sent;
    }

    testing::AssertionResult is_complete() const {
        if (different_kernels_) return testing::AssertionFailure() << "partners hold different kernels";
        if (added_twice_) return testing::AssertionFailure() << "a contribution was added twice";
        for (std::uint64_t i = 0; i < elements_.size(); ++i) {
            for (const Contributors contributors : held_[i]) {
                if (contributors != complete_[i]) {
                    return testing::AssertionFailure() << "accelerator " << i << " lacks a part of a sum";
                }
            }
        }
        return testing::AssertionSuccess();
    }

private:
    struct Range {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };

    std::size_t levels_;
    LevelSet mirrored_;
    std::uint64_t element_bytes_;
    std::vector<std::vector<std::uint64_t>> elements_;
    std::vector<Range> ranges_;
    std::vector<std::vector<Contributors>> held_;
    std::vector<Contributors> complete_;
    bool different_kernels_ = false;
    bool added_twice_ = false;
};

/// Carries out all exchanges of a step and checks, at each, what every accelerator sends, and after each sequence
/// what every accelerator holds.
class TrackedStep {
public:
    TrackedStep(const Network& network, const Plan& plan, const StepShape& step, LevelSet mirrored = 0)
        : network_(network),
          plan_(plan),
          step_(step),
          mirrored_(mirrored),
          exchanges_(plan_exchanges(network, plan, step)),
          traffic_bytes_(plan.levels(), 0) {}

    void carry_out() {
        ASSERT_EQ(exchanges_.size(), network_.size());
        for (std::size_t layer = 0; layer < network_.size(); ++layer) {
            SCOPED_TRACE("layer " + std::to_string(layer));
            forward(layer);
            backward(layer);
            gradient(layer);
            if (testing::Test::HasFatalFailure()) return;
        }
    }

    /// Bytes that were sent at each level.
    const std::vector<std::uint64_t>& traffic_bytes() const { return traffic_bytes_; }

private:
    Layout compute(std::size_t layer) const {
        Layout layout;
        for (std::size_t level = 0; level < plan_.levels(); ++level) {
            (plan_.at(level, layer) == Parallelism::Data ? layout.batch : layout.channels) |= level_bit(level);
        }
        return layout;
    }

    Layout sample_by_sample() const { return {(LevelSet{1} << plan_.levels()) - 1, 0}; }

    /// The consumers' layouts, each once, the first consumer's first; the loss takes samples.
    std::vector<Layout> layouts_below(std::size_t layer) const {
        std::vector<Layout> layouts;
        for (const std::size_t consumer : network_.consumers(layer)) {
            const Layout layout = compute(consumer);
            bool known = false;
            for (const Layout& other : layouts) known = known || other == layout;
            if (!known) layouts.push_back(layout);
        }
        if (layouts.empty()) layouts.push_back(sample_by_sample());
        return layouts;
    }

    TrackedTensor boundary_tensor(std::size_t layer) const {
        const OutputItems items = output_items(network_, plan_, layer, step_.partial_sums);
        const bool before_pooling = step_.partial_sums == PartialSums::BeforePooling;
        const std::uint64_t item_bytes = items.pooled_elements * step_.element_bytes;
        const std::uint64_t unpooled_item_bytes = items.unpooled_elements * step_.element_bytes;
        return {step_.batch,
                items.items,
                plan_.levels(),
                mirrored_,
                {item_bytes, before_pooling ? unpooled_item_bytes : item_bytes}};
    }

    template <typename Tracked>
    void next(Tracked& tracked, const Exchange& exchange, Tensor tensor, std::size_t layer) {
        ASSERT_EQ(exchange.tensor, tensor);
        ASSERT_EQ(exchange.layer, layer);
        ASSERT_LT(exchange.level, plan_.levels());
        const std::vector<std::uint64_t> sent = tracked.carry_out(exchange);
        ASSERT_EQ(exchange.sent_bytes.size(), sent.size());
        const std::uint64_t mask = accelerators_mirrored(mirrored_, plan_.levels());
        for (std::uint64_t i = 0; i < sent.size(); ++i) {
            ASSERT_EQ(exchange.sent_bytes[i ^ mask], sent[i])
                << name_of(tensor) << ", " << name_of(exchange.pattern) << " at level " << exchange.level
                << ", accelerator " << i;
            traffic_bytes_[exchange.level] += sent[i];
        }
    }

    /// Carries out the exchanges from `position` on until the tensor has come from `layout` to `target`.
    void sweep(TrackedTensor& tracked, const std::vector<Exchange>& exchanges, std::size_t& position, Tensor tensor,
               std::size_t layer, Layout layout, const Layout& target) {
        while (!(layout == target)) {
            ASSERT_LT(position, exchanges.size()) << "the " << name_of(tensor) << " do not arrive";
            const Exchange& exchange = exchanges[position++];
            ASSERT_EQ(exchange.before, layout);
            ASSERT_NO_FATAL_FAILURE(next(tracked, exchange, tensor, layer));
            layout = exchange.after;
        }
        ASSERT_TRUE(tracked.is_complete_in(target)) << name_of(tensor);
    }

    void forward(std::size_t layer) {
        const std::vector<Exchange>& exchanges = exchanges_[layer].forward;
        const std::vector<Layout> targets = layouts_below(layer);
        const Layout partial{compute(layer).batch, 0};
        TrackedTensor features = boundary_tensor(layer);
        features.start_partial(partial);
        std::size_t position = 0;
        sweep(features, exchanges, position, Tensor::FeatureMaps, layer, partial, targets.front());
        if (testing::Test::HasFatalFailure()) return;
        for (std::size_t other = 1; other < targets.size(); ++other) {
            TrackedTensor branch = features;
            sweep(branch, exchanges, position, Tensor::FeatureMaps, layer, targets.front(), targets[other]);
            if (testing::Test::HasFatalFailure()) return;
        }
        ASSERT_EQ(position, exchanges.size());
    }

    /// Consumers of one layout have added their errors up already; a branch adds its own when it has come to the
    /// layout of the first.
    void backward(std::size_t layer) {
        const std::vector<Exchange>& exchanges = exchanges_[layer].backward;
        const std::vector<Layout> sources = layouts_below(layer);
        const Contributors all = (Contributors{1} << sources.size()) - 1;
        TrackedTensor error = boundary_tensor(layer);
        error.start(sources.front(), 1, all);
        std::size_t position = 0;
        for (std::size_t other = 1; other < sources.size(); ++other) {
            TrackedTensor branch = boundary_tensor(layer);
            branch.start(sources[other], Contributors{1} << other, Contributors{1} << other);
            sweep(branch, exchanges, position, Tensor::Error, layer, sources[other], sources.front());
            if (testing::Test::HasFatalFailure()) return;
            error.add(branch);
        }
        sweep(error, exchanges, position, Tensor::Error, layer, sources.front(), {compute(layer).batch, 0});
        ASSERT_EQ(position, exchanges.size());
    }

    /// The elements of dW of the input channels that accelerator `i` has as F arrived, producer by producer.
    std::vector<std::uint64_t> gradient_elements(std::size_t layer, std::uint64_t i) const {
        const Layer& shape = network_.layer(layer);
        const bool features = shape.type == LayerType::FullyConnected;
        std::vector<bool> owned;
        const auto append = [&](std::uint64_t items, std::uint64_t channels_an_item) {
            const std::vector<std::uint64_t> leaves = leaves_of(items, plan_.levels(), mirrored_);
            const LevelSet split = compute(layer).channels;
            const std::uint64_t bits = accelerators_mirrored(split, plan_.levels());
            for (const std::uint64_t leaf : leaves)
                owned.insert(owned.end(), channels_an_item, (leaf & bits) == (i & bits));
        };
        for (const std::size_t producer : network_.producers(layer)) {
            const OutputItems items = output_items(network_, plan_, producer, step_.partial_sums);
            append(items.items, features ? items.pooled_elements : 1);
        }
        append(shape.input.channels - owned.size(), 1);  // those of the network's own input
        std::vector<std::uint64_t> elements;
        const std::uint64_t weights_a_channel = shape.weights() / shape.input.channels;
        for (std::uint64_t channel = 0; channel < owned.size(); ++channel) {
            if (!owned[channel]) continue;
            for (std::uint64_t weight = 0; weight < weights_a_channel; ++weight) {
                elements.push_back(channel * weights_a_channel + weight);
            }
        }
        return elements;
    }

    void gradient(std::size_t layer) {
        const std::uint64_t mask = accelerators_mirrored(mirrored_, plan_.levels());
        std::vector<std::vector<std::uint64_t>> elements;
        for (std::uint64_t i = 0; i < plan_.accelerators(); ++i) {
            elements.push_back(gradient_elements(layer, i));
            ASSERT_EQ(owned_weights(network_, plan_, layer, step_.partial_sums, i ^ mask), elements.back().size());
        }
        TrackedGradient tracked(elements, compute(layer), plan_.levels(), mirrored_, step_.element_bytes);
        for (const Exchange& exchange : exchanges_[layer].gradient) {
            ASSERT_NO_FATAL_FAILURE(next(tracked, exchange, Tensor::Gradient, layer));
        }
        ASSERT_TRUE(tracked.is_complete());
    }

    const Network& network_;
    const Plan& plan_;
    StepShape step_;
    LevelSet mirrored_;
    std::vector<LayerExchanges> exchanges_;
    std::vector<std::uint64_t> traffic_bytes_;
};

}  // namespace hypar
