#include "tests/apps/browser.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <nlohmann/json.hpp>

namespace hypar::test {
namespace {

using nlohmann::json;

constexpr int kPatienceMilliseconds = 120'000;

/// The browser reads commands from descriptor 3 and writes to 4.
[[noreturn]] void become_browser(int commands, int answers, const std::string& profile) {
    // Away from 3 and 4 first: one of them may be the other's place.
    const int in = ::fcntl(commands, F_DUPFD, 10);
    const int out = ::fcntl(answers, F_DUPFD, 10);
    ::dup2(in, 3);
    ::dup2(out, 4);
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) ::dup2(nothing, stream);
    for (int descriptor = 5; descriptor < 64; ++descriptor) ::close(descriptor);
    const std::string data = "--user-data-dir=" + profile;
    ::execlp("chromium", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--remote-debugging-pipe", data.c_str(), nullptr);
    ::_exit(127);
}

std::string text_of(const json& arguments) {
    std::string text;
    for (const json& argument : arguments) {
        text += argument.value("description", argument.value("value", json()).dump()) + " ";
    }
    return text;
}

}  // namespace

Browser::Browser() {
    int commands[2];
    int answers[2];
    if (::pipe(commands) != 0 || ::pipe(answers) != 0) throw std::runtime_error("cannot make a pipe to the browser");
    process_ = ::fork();
    if (process_ == 0) {
        ::setpgid(0, 0);
        become_browser(commands[0], answers[1], profile_.path().string());
    }
    ::close(commands[0]);
    ::close(answers[1]);
    to_browser_ = commands[1];
    from_browser_ = answers[0];
    call("Browser.getVersion", json::object());
}

Browser::~Browser() {
    ::close(to_browser_);
    ::close(from_browser_);
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

json Browser::call(const std::string& method, const json& parameters, const std::string& session) {
    json message = {{"id", ++last_call_}, {"method", method}, {"params", parameters}};
    if (!session.empty()) message["sessionId"] = session;
    const std::string text = message.dump() + '\0';
    for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t written = ::write(to_browser_, text.data() + sent, text.size() - sent);
        if (written < 0)
            throw std::runtime_error(std::string("the browser takes no commands: ") + std::strerror(errno));
        sent += static_cast<std::size_t>(written);
    }
    while (true) {
        json answer = next_message();
        if (answer.value("id", 0) != last_call_) {
            events_.push_back(std::move(answer));
        } else if (answer.contains("error")) {
            throw std::runtime_error(method + ": " + answer["error"].dump());
        } else {
            return answer["result"];
        }
    }
}

json Browser::next_message() {
    std::size_t end = received_.find('\0');
    while (end == std::string::npos) {
        pollfd wait = {from_browser_, POLLIN, 0};
        if (::poll(&wait, 1, kPatienceMilliseconds) <= 0) throw std::runtime_error("the browser does not answer");
        char part[65536];
        const ssize_t count = ::read(from_browser_, part, sizeof part);
        if (count <= 0) throw std::runtime_error("the browser has ended; is the package chromium installed?");
        end = received_.size();
        received_.append(part, static_cast<std::size_t>(count));
        end = received_.find('\0', end);
    }
    json message = json::parse(received_.substr(0, end));
    received_.erase(0, end + 1);
    return message;
}

std::vector<json> Browser::events(const std::string& session) const {
    std::vector<json> found;
    for (const json& event : events_) {
        if (event.value("sessionId", "") == session) found.push_back(event);
    }
    return found;
}

Page::Page(Browser& browser, const std::filesystem::path& file, int width, Scheme scheme) : browser_(browser) {
    target_ = browser_.call("Target.createTarget", {{"url", "about:blank"}})["targetId"];
    session_ = browser_.call("Target.attachToTarget", {{"targetId", target_}, {"flatten", true}})["sessionId"];
    for (const char* domain : {"Page", "Runtime", "Log", "Network"})
        call(std::string(domain) + ".enable", json::object());
    const char* name = scheme == Scheme::Dark ? "dark" : "light";
    call("Emulation.setEmulatedMedia", {{"features", {{{"name", "prefers-color-scheme"}, {"value", name}}}}});
    constexpr int kHigherThanAnyPage = 30'000;
    call("Emulation.setDeviceMetricsOverride",
         {{"width", width}, {"height", kHigherThanAnyPage}, {"deviceScaleFactor", 1}, {"mobile", width < 600}});
    call("Page.navigate", {{"url", "file://" + std::filesystem::absolute(file).string()}});
    if (!becomes_true("document.readyState === 'complete' && location.protocol === 'file:'")) {
        throw std::runtime_error("the browser does not load " + file.string());
    }
}

Page::~Page() {
    try {
        browser_.call("Target.closeTarget", {{"targetId", target_}});
    } catch (const std::exception&) {  // the browser is gone, and the page with it
    }
}

json Page::call(const std::string& method, const json& parameters) {
    return browser_.call(method, parameters, session_);
}

json Page::value(const std::string& expression) {
    const json answer =
        call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
    if (answer.contains("exceptionDetails")) throw std::runtime_error(answer["exceptionDetails"].dump());
    return answer["result"].value("value", json());
}

bool Page::becomes_true(const std::string& expression) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (value(expression) != true) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

void Page::press(const std::string& key, const std::string& text) {
    const int code = key == "Enter" ? 13 : 0;
    call("Input.dispatchKeyEvent",
         {{"type", "keyDown"}, {"key", key}, {"text", text}, {"windowsVirtualKeyCode", code}});
    call("Input.dispatchKeyEvent", {{"type", "keyUp"}, {"key", key}, {"windowsVirtualKeyCode", code}});
}

std::string Page::printed() { return call("Page.printToPDF", json::object())["data"]; }

std::vector<std::string> Page::complaints() const {
    std::vector<std::string> found;
    for (const json& event : browser_.events(session_)) {
        const std::string& method = event["method"].get_ref<const std::string&>();
        const json& parameters = event["params"];
        if (method == "Runtime.exceptionThrown") found.push_back(parameters["exceptionDetails"].dump());
        if (method == "Runtime.consoleAPICalled") found.push_back(text_of(parameters["args"]));
        if (method == "Log.entryAdded") found.push_back(parameters["entry"].dump());
        if (method == "Page.javascriptDialogOpening") found.push_back("dialogue: " + parameters.dump());
    }
    return found;
}

std::vector<std::string> Page::requests() const {
    std::vector<std::string> found;
    for (const json& event : browser_.events(session_)) {
        if (event["method"] == "Network.requestWillBeSent") found.push_back(event["params"]["request"]["url"]);
    }
    return found;
}

}  // namespace hypar::test
