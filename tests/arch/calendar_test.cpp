#include "arch/kernel/calendar.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "arch/kernel/component.h"
#include "arch/kernel/inbox.h"
#include "tests/arch/support.h"

namespace hypar {
namespace {

using tests::Kernel;

/// Remembers when it was woken, and does then what a test wants.
class Sleeper : public Component {
public:
    using Component::Component;

    std::function<Picoseconds(Picoseconds)> on_wake = [](Picoseconds) { return kNever; };
    std::vector<Picoseconds> woken;

private:
    Picoseconds wake(Picoseconds now) override {
        EXPECT_EQ(now, Kernel::now());
        woken.push_back(now);
        return on_wake(now);
    }
};

using Times = std::vector<Picoseconds>;

TEST(Calendar, WakesAtExactlyTheTimeAskedFor) {
    const Kernel kernel;
    Calendar calendar("calendar");
    Sleeper sleeper("sleeper", calendar);
    sleeper.wake_by(1001);
    Kernel::run_through(1000);
    EXPECT_EQ(sleeper.woken, Times{});
    Kernel::run_through(1001);
    EXPECT_EQ(sleeper.woken, Times{1001});
    Kernel::run_to_end();
    EXPECT_EQ(calendar.wake_ups(), 1U);
}

TEST(Calendar, WakesOnceByTheEarliestTimeAskedFor) {
    const Kernel kernel;
    Calendar calendar("calendar");
    Sleeper sleeper("sleeper", calendar);
    sleeper.wake_by(500);
    sleeper.wake_by(300);
    sleeper.wake_by(400);
    sleeper.wake_by(300);
    Kernel::run_to_end();
    EXPECT_EQ(sleeper.woken, Times{300});
    EXPECT_EQ(calendar.wake_ups(), 1U);
}

TEST(Calendar, WakesAgainWhenWakeSaysSo) {
    const Kernel kernel;
    Calendar calendar("calendar");
    Sleeper sleeper("sleeper", calendar);
    sleeper.on_wake = [](Picoseconds now) { return now < 30 ? now + 10 : kNever; };
    sleeper.wake_by(10);
    Kernel::run_to_end();
    EXPECT_EQ(sleeper.woken, (Times{10, 20, 30}));
}

TEST(Calendar, WakesSeveralAtOneInstant) {
    const Kernel kernel;
    Calendar calendar("calendar");
    Sleeper first("first", calendar);
    Sleeper second("second", calendar);
    second.wake_by(7);
    first.wake_by(7);
    Kernel::run_to_end();
    EXPECT_EQ(first.woken, Times{7});
    EXPECT_EQ(second.woken, Times{7});
}

TEST(Calendar, LetsOneComponentWakeAnotherEarlierThanItWould) {
    const Kernel kernel;
    Calendar calendar("calendar");
    Sleeper caller("caller", calendar);
    Sleeper callee("callee", calendar);
    caller.on_wake = [&](Picoseconds now) {
        callee.wake_by(now + 1);
        return kNever;
    };
    callee.wake_by(1'000'000);
    caller.wake_by(10);
    Kernel::run_to_end();
    EXPECT_EQ(callee.woken, Times{11});  // the later time has been replaced
}

TEST(Inbox, TakesByArrivalThenSenderThenSendingOrder) {
    Inbox<int> inbox;
    EXPECT_EQ(inbox.next_arrival(), kNever);
    inbox.put(20, 0, 5);
    inbox.put(10, 2, 4);
    inbox.put(10, 1, 2);
    inbox.put(10, 1, 3);
    inbox.put(5, 9, 1);
    EXPECT_EQ(inbox.next_arrival(), 5U);
    for (int expected = 1; expected <= 5; ++expected) EXPECT_EQ(inbox.take(), expected);
    EXPECT_EQ(inbox.next_arrival(), kNever);
}

}  // namespace
}  // namespace hypar
