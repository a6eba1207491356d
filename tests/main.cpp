#include <gmock/gmock.h>

// libsystemc has a main() of its own, which calls the user's sc_main(). Ours is found first; the library still wants
// the symbol. In programs without SystemC the stub is unused.
extern "C" int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}
