#include "arch/kernel/kernel_scope.h"

#include <gtest/gtest.h>

#include <systemc>

#include "arch/kernel/calendar.h"
#include "arch/kernel/component.h"

namespace hypar {
namespace {

class Sleeper : public Component {
public:
    using Component::Component;
    Picoseconds woken = 0;

private:
    Picoseconds wake(Picoseconds now) override {
        woken = now;
        return kNever;
    }
};

TEST(KernelScope, StartsEachRunAtTimeZeroWithFreeNames) {
    for (int run = 0; run < 3; ++run) {
        const KernelScope kernel;
        EXPECT_EQ(sc_core::sc_time_stamp().value(), 0U);
        Calendar calendar("calendar");  // a second module of one name would make SystemC warn
        Sleeper sleeper("sleeper", calendar);
        sleeper.wake_by(1234);
        sc_core::sc_start();
        EXPECT_EQ(sleeper.woken, 1234U);
        EXPECT_EQ(sc_core::sc_time_stamp().value(), 1234U);
    }
}

}  // namespace
}  // namespace hypar
