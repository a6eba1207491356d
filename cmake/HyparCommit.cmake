# cmake -D ROOT=<sources> -D OUTPUT=<header> -P HyparCommit.cmake
#
# Writes a header that names the commit of the sources, with "-changed" behind it where they are not as committed, or
# "unknown" where they are in no repository; writes nothing if it says so already.
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
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#define HYPAR_COMMIT \"${commit}\"\n")
