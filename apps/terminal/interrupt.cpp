#include "apps/terminal/interrupt.h"

#include <csignal>
#include <initializer_list>

namespace hypar {
namespace {

volatile std::sig_atomic_t requested = 0;
int alive = 0;

void request(int) { requested = 1; }

void handle(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
    if (alive++ == 0) handle(request);
}

Interrupt::~Interrupt() {
    if (--alive == 0) handle(SIG_DFL);
}

bool Interrupt::is_requested() { return requested != 0; }

}  // namespace hypar
