#include "arch/memory/vault_memo.h"

#include "base/hash.h"

namespace hypar {
namespace {

/// States, of about 1 KiB, above which vaults begin anew when they are at rest.
constexpr std::size_t kMostStates = 4096;
constexpr std::size_t kMostTransitions = 65'536;

constexpr unsigned kStateShift = 32;

/// Writes down what a vault shows: equal words, equal future.
class Words final : public StateVisitor {
public:
    explicit Words(Picoseconds now) : now_(now) {}

    Picoseconds now() const override { return now_; }
    void value(std::uint64_t value) override { words_.push_back(value); }
    void time(Picoseconds& time) override { words_.push_back(time > now_ ? time - now_ : 0); }
    void since(Picoseconds& time) override { words_.push_back(now_ - time); }
    void counter(std::uint64_t&) override {}
    void remaining(std::uint64_t&) override {}
    void lead(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override {}
    void place(std::uint64_t&, std::uint64_t, const WorkSequence&) override {}
    std::uint64_t turn(std::uint64_t, std::uint64_t) override { return 0; }
    void counters_on_ring(std::vector<std::uint64_t>&) override {}
    void opaque(const char*) override {}

    std::vector<std::uint64_t>& words() { return words_; }

private:
    Picoseconds now_;
    std::vector<std::uint64_t> words_;
};

}  // namespace

std::size_t VaultMemo::KeyHash::operator()(const Key& key) const { return mixed(mixed(0, key.from), key.later); }

std::size_t VaultMemo::WordsHash::operator()(const std::vector<std::uint64_t>& words) const {
    std::uint64_t hash = 0;
    for (const std::uint64_t word : words) hash = mixed(hash, word);
    return hash;
}

VaultMemo::VaultMemo(const VaultTiming& timing, const MemorySpec& spec) : timing_(timing), map_(spec) {
    Vault vault(timing_, Refresh::Spread);
    if (timing_.page == PagePolicy::Open) vault.open_other_rows();
    number_of(vault, 0);
}

bool VaultMemo::is_full() const { return states_.size() >= kMostStates || transitions_.size() >= kMostTransitions; }

BlockService VaultMemo::serve(State& state, const VaultBlock& block) {
    const bool rests = rests_from(state) <= block.arrival;
    const std::uint32_t from = rests ? states_[state.number].rested : state.number;
    const Clocks later = rests ? 0 : block.arrival - state.clock;
    const Key key{std::uint64_t{from} << kStateShift | block.bytes << 1U | (block.is_write ? 1U : 0U), later};
    auto found = transitions_.find(key);
    if (found == transitions_.end()) found = transitions_.emplace(key, serve_anew(from, later, block)).first;
    state = {found->second.to, block.arrival};
    return {block.arrival + found->second.service.end, found->second.service.bursts};
}

VaultMemo::Transition VaultMemo::serve_anew(std::uint32_t from, Clocks later, const VaultBlock& block) {
    Vault vault = states_[from].vault;
    const Clocks arrival = states_[from].clock + later;
    BlockService service =
        serve_block(vault, map_, {arrival, block.bytes, block.is_write, block.begin, {0, next_row_}});
    next_row_ += map_.rows_of(block.bytes);
    service.end -= arrival;
    return {number_of(vault, arrival), service};
}

/// The number of the state that the vault is in at `clock`.
std::uint32_t VaultMemo::number_of(const Vault& vault, Clocks clock) {
    Vault shown = vault;
    Words words(clock * timing_.clock_period);
    shown.offer_state(words, 0, 0, [](const RowId&) {});
    const auto next = static_cast<std::uint32_t>(states_.size());
    const auto [found, is_new] = numbers_.emplace(std::move(words.words()), next);
    if (!is_new) return found->second;
    states_.push_back({vault, clock, next});
    if (vault.latest() > clock) {
        const std::uint32_t rested = number_of(vault, vault.latest());
        states_[next].rested = rested;
    }
    return next;
}

SharedVaultMemo::SharedVaultMemo(const MemorySpec& spec) : spec_(spec), timing_(spec) {}

std::shared_ptr<VaultMemo> SharedVaultMemo::current() {
    if (memo_ == nullptr || memo_->is_full()) memo_ = std::make_shared<VaultMemo>(timing_, spec_);
    return memo_;
}

}  // namespace hypar
