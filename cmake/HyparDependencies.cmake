# Libraries of other projects, all of them Debian packages (the list is in cmake/build.sh). Nothing is downloaded.

find_package(Boost REQUIRED) # Boost.Graph is headers alone
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_path(PROTOZERO_INCLUDE_DIR protozero/pbf_message.hpp REQUIRED) # headers alone

# SystemC comes with a pkg-config file only.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SystemC REQUIRED IMPORTED_TARGET GLOBAL systemc)

if(HYPAR_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()
if(HYPAR_BENCH)
  find_package(benchmark CONFIG REQUIRED)
endif()
