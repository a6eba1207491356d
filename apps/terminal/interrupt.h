#pragma once

namespace hypar {

/// While one lives, Ctrl-C and SIGTERM do not end the program but ask it to end what it is doing; a second one ends
/// it.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    static bool is_requested();
};

}  // namespace hypar
