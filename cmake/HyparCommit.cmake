# cmake -D ROOT=<sources> -D OUTPUT=<file.cpp> -P HyparCommit.cmake
#
# Writes a function that returns the commit of the sources, as apps/terminal/version.h says; writes nothing if the file
# says so already.
execute_process(COMMAND git -C "${ROOT}" rev-parse --short=12 HEAD OUTPUT_VARIABLE commit RESULT_VARIABLE result
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT result EQUAL 0)
  set(commit "unknown")
else()
  execute_process(COMMAND git -C "${ROOT}" status --porcelain --untracked-files=no OUTPUT_VARIABLE changes ERROR_QUIET)
  if(changes)
    string(APPEND commit "-changed")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#include \"apps/terminal/version.h\"

namespace hypar {

std::string program_commit() { return \"${commit}\"; }

}  // namespace hypar
")
