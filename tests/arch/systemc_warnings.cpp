// A warning of SystemC's fails the test that caused it.

#include <gtest/gtest.h>

#include <systemc>

namespace hypar::tests {
namespace {

class FailOnWarnings : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo& /*test*/) override { before_ = warnings(); }
    void OnTestEnd(const testing::TestInfo& /*test*/) override {
        EXPECT_EQ(warnings(), before_) << "SystemC has warned (see above)";
    }

    static int warnings() {
        return sc_core::sc_report_handler::get_count(sc_core::SC_WARNING) +
               sc_core::sc_report_handler::get_count(sc_core::SC_ERROR);
    }

    int before_ = 0;
};

const bool kListens = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new FailOnWarnings);  // owned by the list
    return true;
}();

}  // namespace
}  // namespace hypar::tests
