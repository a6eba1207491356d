#include "arch/kernel/activity.h"

#include <algorithm>
#include <cassert>

#include "base/checked.h"

namespace hypar {
namespace {

/// Makes `slice` part of `into`, which begins no later.
void join(Activity& into, const Activity& slice) {
    into.to = std::max(into.to, slice.to);
    into.busy = checked_add(into.busy, slice.busy);
    into.bytes = checked_add(into.bytes, slice.bytes);
    into.items = checked_add(into.items, slice.items);
    into.periods = checked_add(into.periods, slice.periods);
    if (into.work != slice.work) into.work = Activity::kMixed;
}

}  // namespace

void ActivitySlices::add(const Activity& slice) {
    append(slice);
    if (slices_.size() > most_) coarsen(std::max<std::size_t>(1, most_ / 2));
}

void ActivitySlices::shrink_to(std::size_t most) {
    if (slices_.size() > most) coarsen(most);
}

void ActivitySlices::append(const Activity& slice) {
    if (slices_.empty()) {
        slices_.push_back(slice);
        return;
    }
    Activity& last = slices_.back();
    const bool is_one_work = last.work == slice.work && last.periods == 0 && slice.periods == 0 && last.merged == 1 &&
                             slice.merged == 1 && slice.from == last.to;
    if (slice.from < last.to || is_one_work) {
        join(last, slice);
        last.merged += slice.merged - 1;
    } else if (std::max(last.to, slice.to) - last.from <= resolution_) {
        join(last, slice);
        last.merged += slice.merged;
    } else {
        slices_.push_back(slice);
    }
}

void ActivitySlices::coarsen(std::size_t most) {
    while (slices_.size() > most) {
        resolution_ = resolution_ == 0 ? 1 : checked_multiply(resolution_, 2);
        std::vector<Activity> finer;
        finer.swap(slices_);
        for (const Activity& slice : finer) append(slice);
    }
}

void ActivityTrack::work(Picoseconds from, Picoseconds to, Picoseconds busy, std::uint64_t bytes,
                         std::uint64_t items) {
    counted_.busy = checked_add(counted_.busy, busy);
    counted_.bytes = checked_add(counted_.bytes, bytes);
    counted_.items += items;
    recorded_ = counted_;
    under_way_.erase(
        std::remove_if(under_way_.begin(), under_way_.end(), [&](const Item& item) { return item.to <= from; }),
        under_way_.end());
    under_way_.push_back({from, to, busy});
    slices_.add({from, to, busy, bytes, items});
}

void ActivityTrack::offer_state(StateVisitor& visitor) {
    visitor.counter(counted_.busy);
    visitor.counter(counted_.bytes);
    visitor.counter(counted_.items);
}

/// The last slice is cut where the jump begins. An item is taken to be busy at its end: a transfer or a tile is all
/// the time.
void ActivityTrack::jumped(Picoseconds now, Picoseconds duration, std::uint64_t periods) {
    std::vector<Activity>& slices = slices_.slices();
    Activity rest;
    if (!slices.empty() && slices.back().to > now) {
        Activity& last = slices.back();
        rest = last;
        if (last.from >= now) {
            slices.pop_back();
        } else {
            last.to = now;
            rest = {now, rest.to, 0, 0, 0};
            for (const Item& item : under_way_) {
                if (item.to > now) rest.busy += std::min(item.busy, item.to - std::max(item.from, now));
            }
            last.busy -= rest.busy;
        }
    }
    if (counted_.items != recorded_.items || counted_.busy != recorded_.busy) {
        slices_.add({now, now + duration, counted_.busy - recorded_.busy, counted_.bytes - recorded_.bytes,
                     counted_.items - recorded_.items, 0, periods});
    }
    recorded_ = counted_;
    if (rest.to > now) {
        rest.from += duration;
        rest.to += duration;
        slices_.add(rest);
    }
    for (Item& item : under_way_) {
        if (item.to <= now) continue;
        item.from += duration;
        item.to += duration;
    }
}

std::vector<Activity> ActivityTrack::take(Picoseconds origin) {
    std::vector<Activity> taken = std::move(slices_.slices());
    for (Activity& slice : taken) {
        slice.from -= origin;
        slice.to -= origin;
    }
    slices_ = ActivitySlices(most_);
    under_way_.clear();
    return taken;
}

ArrayActivity::ArrayActivity(std::size_t accelerators, std::size_t link_count, std::size_t most_slices)
    : units(accelerators, ActivityTrack(most_slices)),
      vector_units(accelerators, ActivityTrack(most_slices)),
      vaults(accelerators, ActivityTrack(most_slices)),
      links(link_count, ActivityTrack(most_slices)),
      transfers(accelerators) {}

void ArrayActivity::offer_state(StateVisitor& visitor) {
    for (auto* tracks : {&units, &vector_units, &vaults, &links}) {
        for (ActivityTrack& track : *tracks) track.offer_state(visitor);
    }
}

void ArrayActivity::jumped(Picoseconds now, Picoseconds duration, std::uint64_t periods) {
    for (auto* tracks : {&units, &vector_units, &vaults, &links}) {
        for (ActivityTrack& track : *tracks) track.jumped(now, duration, periods);
    }
}

SegmentActivity ArrayActivity::take(Picoseconds origin) {
    SegmentActivity activity;
    const auto take_all = [&](std::vector<ActivityTrack>& tracks) {
        std::vector<std::vector<Activity>> taken;
        taken.reserve(tracks.size());
        for (ActivityTrack& track : tracks) taken.push_back(track.take(origin));
        return taken;
    };
    activity.units = take_all(units);
    activity.vector_units = take_all(vector_units);
    activity.vaults = take_all(vaults);
    activity.links = take_all(links);
    for (TransferTimes& times : transfers) {
        const auto from_origin = [&](Picoseconds& time) {
            if (time != kNever) time -= origin;
        };
        from_origin(times.begin);
        from_origin(times.end);
        std::for_each(times.first_read.begin(), times.first_read.end(), from_origin);
        std::for_each(times.last_received.begin(), times.last_received.end(), from_origin);
        activity.transfers.push_back(times);
        times = {};
    }
    return activity;
}

}  // namespace hypar
