#include "apps/terminal/waiting.h"

#include <chrono>
#include <memory>
#include <utility>

#include "apps/terminal/interrupt.h"

namespace hypar {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSilence(2000);
constexpr milliseconds kMostToRead(60000);

/// Says it once each time that it waits long.
Database::Waiting telling(std::function<void(const std::string&)> say, std::function<bool(milliseconds)> goes_on) {
    const auto has_said = std::make_shared<bool>(false);
    return [say = std::move(say), goes_on = std::move(goes_on), has_said](milliseconds waited) {
        if (waited < kSilence) *has_said = false;
        if (waited >= kSilence && !std::exchange(*has_said, true)) {
            say("another process holds the results; waiting until it lets go of them");
        }
        return goes_on(waited);
    };
}

}  // namespace

Database::Waiting waiting_to_write(std::function<void(const std::string&)> say) {
    return telling(std::move(say), [](milliseconds) { return !Interrupt::is_requested(); });
}

Database::Waiting waiting_to_read(std::function<void(const std::string&)> say) {
    return telling(std::move(say), [](milliseconds waited) { return waited < kMostToRead; });
}

}  // namespace hypar
