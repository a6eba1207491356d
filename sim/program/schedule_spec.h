#pragma once

#include <cstdint>
#include <limits>

#include "base/fields.h"

namespace hypar {

enum class ScheduleKind : std::uint8_t {
    Sequential,  ///< nothing is computed while anything moves, and nobody goes on before all have ended
    Overlapped,  ///< a task waits for nothing but what it needs
};

/// Which of several collectives that could start does.
enum class CommunicationOrder : std::uint8_t {
    ErrorsFirst,  ///< gradients last, for which the backward phase does not wait
    FirstCome,    ///< the one that has waited longest
};

/// In what order a step's tasks are done (docs/models/schedule.md).
struct ScheduleSpec {
    ScheduleKind kind = ScheduleKind::Sequential;
    std::uint64_t bucket_bytes = 25'000'000;  ///< gradients of an accelerator that are summed up at once
    CommunicationOrder order = CommunicationOrder::ErrorsFirst;
    std::uint64_t steps = 1;  ///< the last of which is reported

    bool is_overlapped() const { return kind == ScheduleKind::Overlapped; }

    static constexpr std::uint64_t kMostSteps = 100;
    static constexpr Choice<ScheduleKind> kKinds[] = {{"sequential", ScheduleKind::Sequential},
                                                      {"overlapped", ScheduleKind::Overlapped}};
    static constexpr Choice<CommunicationOrder> kOrders[] = {{"errors-first", CommunicationOrder::ErrorsFirst},
                                                             {"first-come", CommunicationOrder::FirstCome}};

    template <typename Self, typename Visit>
    static void for_each_field(Self& self, Visit&& visit) {
        visit(Key("kind",
                  "`sequential`: nothing is computed while anything moves; `overlapped`: tasks wait for nothing but "
                  "what they need"),
              self.kind, one_of(kKinds, "sequential or overlapped"));
        visit(
            Key("bucket",
                "of an overlapped schedule: gradients of consecutive layers are summed up together, whole layers of "
                "at most so many bytes on an accelerator, at least one")
                .optional(),
            self.bucket_bytes, Amount{Quantity::Size, 1, std::numeric_limits<std::int64_t>::max(), "25 MB"});
        visit(Key("order",
                  "which of several collectives starts: `errors-first`, gradients last; `first-come`, the one that "
                  "has waited longest")
                  .optional(),
              self.order, one_of(kOrders, ""));
        visit(Key("steps",
                  "that follow each other, the next one's forward phase beside what is left of the one before; "
                  "the last is reported")
                  .optional(),
              self.steps, Count{1, kMostSteps});
    }
};

}  // namespace hypar
