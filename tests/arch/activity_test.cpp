#include "arch/kernel/activity.h"

#include <gtest/gtest.h>

#include <vector>

namespace hypar {
namespace {

Activity slice(Picoseconds from, Picoseconds to, std::uint64_t work = 0) {
    Activity activity;
    activity.from = from;
    activity.to = to;
    activity.busy = to - from;
    activity.items = 1;
    activity.work = work;
    return activity;
}

/// Moves counters on as a jump does that skips three periods, each of which counts what was counted before.
class ThreePeriods final : public StateVisitor {
public:
    Picoseconds now() const override { return 0; }
    void value(std::uint64_t) override {}
    void time(Picoseconds&) override {}
    void since(Picoseconds&) override {}
    void counter(std::uint64_t& counter) override { counter *= 4; }
    void remaining(std::uint64_t&) override {}
    void lead(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) override {}
    void place(std::uint64_t&, std::uint64_t, const WorkSequence&) override {}
    std::uint64_t turn(std::uint64_t, std::uint64_t) override { return 0; }
    void counters_on_ring(std::vector<std::uint64_t>&) override {}
    void opaque(const char*) override {}
};

TEST(ActivitySlices, MakesOneOfBackToBackWorkOfOneKind) {
    ActivitySlices track;
    track.add(slice(0, 10));
    track.add(slice(10, 30));
    track.add(slice(31, 40));
    track.add(slice(40, 50, 1));
    ASSERT_EQ(track.slices().size(), 3U);
    EXPECT_EQ(track.slices()[0].to, 30U);
    EXPECT_EQ(track.slices()[0].items, 2U);
    EXPECT_EQ(track.slices()[0].merged, 1U);
}

TEST(ActivitySlices, JoinsWhatOverlaps) {
    ActivitySlices track;
    track.add(slice(0, 10));
    track.add(slice(2, 12));
    track.add(slice(3, 5));
    ASSERT_EQ(track.slices().size(), 1U);
    EXPECT_EQ(track.slices()[0].to, 12U);
    EXPECT_EQ(track.slices()[0].busy, 22U);  // 10 + 10 + 2
}

TEST(ActivitySlices, MergesTheShortestStretchesForWantOfRoom) {
    ActivitySlices track(4);
    for (const Picoseconds from : {0U, 10U, 20U, 100U}) track.add(slice(from, from + 2));
    EXPECT_EQ(track.slices().size(), 4U);
    // Of five at most two shall be left: with a resolution of 32 the first three (0 to 22) become one, with 64 too;
    // with 128 the first four (0 to 102), and 1000 to 1002 stays.
    track.add(slice(1000, 1002, 1));
    ASSERT_EQ(track.slices().size(), 2U);
    EXPECT_EQ(track.slices()[0].to, 102U);
    EXPECT_EQ(track.slices()[0].merged, 4U);
    EXPECT_EQ(track.slices()[0].busy, 8U);
    EXPECT_EQ(track.slices()[1].merged, 1U);
    // What comes later keeps to that resolution; work of two kinds is mixed.
    track.add(slice(1100, 1102, 2));
    ASSERT_EQ(track.slices().size(), 2U);
    EXPECT_EQ(track.slices()[1].merged, 2U);
    EXPECT_EQ(track.slices()[1].work, Activity::kMixed);
    track.shrink_to(1);
    ASSERT_EQ(track.slices().size(), 1U);
    EXPECT_EQ(track.slices()[0].merged, 6U);
    EXPECT_EQ(track.slices()[0].busy, 12U);
}

TEST(ActivityTrack, CutsWhatIsUnderWayWhereAJumpBegins) {
    ActivityTrack track(100);
    track.work(1000, 1004, 4, 7);
    track.work(1008, 1018, 10, 7);
    // At 1010 three periods of 10 are skipped; the second item has 8 left then.
    ThreePeriods counted;
    track.offer_state(counted);
    track.jumped(1010, 30, 3);
    track.work(1048, 1050, 2, 1);
    const std::vector<Activity> slices = track.take(1000);
    ASSERT_EQ(slices.size(), 4U);
    EXPECT_EQ(slices[0].busy, 4U);
    EXPECT_EQ(slices[1].from, 8U);
    EXPECT_EQ(slices[1].to, 10U);
    EXPECT_EQ(slices[1].busy, 2U);
    EXPECT_EQ(slices[2].from, 10U);
    EXPECT_EQ(slices[2].to, 40U);
    EXPECT_EQ(slices[2].periods, 3U);
    EXPECT_EQ(slices[2].busy, 42U);   // 3 x (4 + 10)
    EXPECT_EQ(slices[2].bytes, 42U);  // 3 x (7 + 7)
    EXPECT_EQ(slices[2].items, 6U);
    EXPECT_EQ(slices[3].from, 40U);  // the rest of 8, then back to back the last one
    EXPECT_EQ(slices[3].to, 50U);
    EXPECT_EQ(slices[3].busy, 10U);
    EXPECT_EQ(slices[3].items, 1U);
}

TEST(ActivityTrack, MovesWhatHasNotBegunBehindAJump) {
    ActivityTrack track(100);
    track.work(100, 110, 10, 1);
    track.work(120, 130, 10, 1);  // begins on a clock edge to come
    ThreePeriods counted;
    track.offer_state(counted);
    track.jumped(118, 60, 3);
    const std::vector<Activity> slices = track.take(0);
    ASSERT_EQ(slices.size(), 3U);
    EXPECT_EQ(slices[1].from, 118U);
    EXPECT_EQ(slices[1].to, 178U);
    EXPECT_EQ(slices[1].busy, 60U);
    EXPECT_EQ(slices[2].from, 180U);
    EXPECT_EQ(slices[2].to, 190U);
    EXPECT_EQ(slices[2].busy, 10U);
}

TEST(ActivityTrack, ShowsNoJumpInWhichItRests) {
    ActivityTrack track(100);
    ThreePeriods counted;
    track.offer_state(counted);
    track.jumped(118, 60, 3);
    EXPECT_TRUE(track.take(0).empty());
}

}  // namespace
}  // namespace hypar
