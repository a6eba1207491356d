# How our own code is compiled. Headers of other projects come from imported targets, which CMake treats as system
# headers: the warnings below do not reach them.

# Exactly C++17: Debian's libsystemc exports the ABI of that standard alone; 14, 20 and 23 fail to link.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
# "cmake --compile-no-warning-as-error" switches this off, for a compiler that warns of more than ours does.
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

# ccache is used when it is there and works (it does not where there is no home to keep its cache in).
find_program(HYPAR_CCACHE ccache DOC "Compiler cache, used when present")
mark_as_advanced(HYPAR_CCACHE)
if(HYPAR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(probe "${PROJECT_BINARY_DIR}/CMakeFiles/ccache_probe")
  file(TOUCH "${probe}.cpp")
  execute_process(COMMAND "${HYPAR_CCACHE}" "${CMAKE_CXX_COMPILER}" -c "${probe}.cpp" -o "${probe}.o"
                  RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(status EQUAL 0)
    # Without this it does not keep what is compiled with a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
                                    "${HYPAR_CCACHE}")
  endif()
endif()
