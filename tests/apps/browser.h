#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>
#include <nlohmann/json_fwd.hpp>

#include "tests/apps/program.h"

namespace hypar::test {

/// Chromium without a window, spoken to in its DevTools protocol over a pipe. Failures of the browser itself leave as
/// std::runtime_error.
class Browser {
public:
    Browser();
    ~Browser();
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    /// Sends one command and waits for its answer; `session` is that of a page, empty for the browser.
    nlohmann::json call(const std::string& method, const nlohmann::json& parameters, const std::string& session = {});

    /// What has happened so far on a page's session, in order.
    std::vector<nlohmann::json> events(const std::string& session) const;

private:
    nlohmann::json next_message();

    TemporaryFolder profile_;
    pid_t process_ = -1;
    int to_browser_ = -1;
    int from_browser_ = -1;
    std::string received_;
    int last_call_ = 0;
    std::vector<nlohmann::json> events_;
};

enum class Scheme { Light, Dark };

/// A file that is open in the browser.
class Page {
public:
    /// Opens it as wide as told, higher than any page, so that all of it is on the screen.
    Page(Browser& browser, const std::filesystem::path& file, int width, Scheme scheme = Scheme::Light);
    ~Page();
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

    /// The value of a JavaScript expression. Throws std::runtime_error with what the page threw.
    nlohmann::json value(const std::string& expression);

    /// Waits until an expression is true, at most a minute; returns whether it came true.
    bool becomes_true(const std::string& expression);

    /// A key that is pressed and let go, such as "Enter".
    void press(const std::string& key, const std::string& text);

    /// What the page would be on paper: the bytes of a PDF, in base 64.
    std::string printed();

    /// Errors, warnings and messages of the page and what it runs, and dialogues that it opened.
    std::vector<std::string> complaints() const;
    /// Addresses that were asked for.
    std::vector<std::string> requests() const;

private:
    nlohmann::json call(const std::string& method, const nlohmann::json& parameters);

    Browser& browser_;
    std::string target_;
    std::string session_;
};

}  // namespace hypar::test
