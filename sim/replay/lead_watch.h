#pragma once

#include <cstddef>
#include <cstdint>

#include "arch/array/array_model.h"
#include "sim/replay/fast_forward.h"

namespace hypar {

/// Finds the instants at which fast-forward looks for a state that recurs: those at which the lead, who has most
/// work, takes up another tile or packet.
class LeadWatch {
public:
    /// All must outlive it. `wake_ups_between`: how often components have to have been woken since an epoch began, or
    /// since it looked last, before it looks. Where epochs come thick and fast, looking costs no more than they do.
    LeadWatch(const ArrayModel& model, const Calendar& calendar, FastForward& fast_forward,
              std::uint64_t wake_ups_between = 0)
        : model_(model), calendar_(calendar), fast_forward_(fast_forward), wake_ups_between_(wake_ups_between) {}

    /// After all that is due at `now`. Where `epoch` is another one than before, what was has nothing to do with what
    /// comes.
    void observe(Picoseconds now, std::size_t epoch) {
        if (epoch_ != epoch) {
            epoch_ = epoch;
            lead_ = nullptr;
            searches_left_ = kSearches;
            looked_at_ = calendar_.wake_ups();
            fast_forward_.forget();
        }
        if (lead_ != nullptr && lead_->work_left() != work_left_) take_up(now);
        if ((lead_ == nullptr || lead_->work_left() == 0) && searches_left_ > 0) find_lead();
        if (lead_ != nullptr) work_left_ = lead_->work_left();
    }

private:
    /// Searches for a lead in vain before there is none any more: at the start of a segment its workers get their
    /// work one instant later.
    static constexpr int kSearches = 3;

    void take_up(Picoseconds now) {
        if (calendar_.wake_ups() - looked_at_ < wake_ups_between_) return;
        looked_at_ = calendar_.wake_ups();
        fast_forward_.look(now);
    }

    /// When a lead has taken up all of its work, others may have some left.
    void find_lead() {
        lead_ = &model_.busiest();
        if (lead_->work_left() > 0) return;
        lead_ = nullptr;
        --searches_left_;
    }

    const ArrayModel& model_;
    const Calendar& calendar_;
    FastForward& fast_forward_;
    std::uint64_t wake_ups_between_;
    std::uint64_t looked_at_ = 0;  ///< wake-ups by then
    std::size_t epoch_ = 0;
    const Worker* lead_ = nullptr;
    int searches_left_ = kSearches;
    std::uint64_t work_left_ = 0;
};

}  // namespace hypar
