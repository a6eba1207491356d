# hypar_library(<folder> [INSTALLED] [DEPENDS <folder>...] [LIBRARIES <target>...])
#
# The static library hypar_<folder> of every .cpp file below the current folder. DEPENDS are folders of this project,
# LIBRARIES targets of others. Includes start at the repository's root: #include "workloads/network.h". What is
# INSTALLED is hypar::<folder> to programs of others.
function(hypar_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INSTALLED" "" "DEPENDS;LIBRARIES")
  list(TRANSFORM arg_DEPENDS PREPEND hypar_)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  if(sources)
    add_library(hypar_${folder} STATIC ${sources})
    target_include_directories(hypar_${folder} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                                                      "$<INSTALL_INTERFACE:${HYPAR_HEADER_DIR}>")
    target_link_libraries(hypar_${folder} PUBLIC ${arg_DEPENDS} ${arg_LIBRARIES})
  else() # a folder of headers alone
    add_library(hypar_${folder} INTERFACE)
    target_include_directories(hypar_${folder} INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                                                         "$<INSTALL_INTERFACE:${HYPAR_HEADER_DIR}>")
    target_link_libraries(hypar_${folder} INTERFACE ${arg_DEPENDS} ${arg_LIBRARIES})
  endif()
  if(arg_INSTALLED)
    set_target_properties(hypar_${folder} PROPERTIES EXPORT_NAME ${folder})
    install(TARGETS hypar_${folder} EXPORT hypar ARCHIVE COMPONENT dev)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" *.h)
    foreach(header IN LISTS headers)
      cmake_path(GET header PARENT_PATH below)
      install(FILES "${header}" DESTINATION "${HYPAR_HEADER_DIR}/${folder}/${below}" COMPONENT dev)
    endforeach()
  endif()
endfunction()

# hypar_tests(<folder>)
#
# The GoogleTest program hypar_<folder>_tests of every .cpp file below <folder>, linked with hypar_<folder> where there
# is one. To ctest it is <folder>, or <folder>-1 and <folder>-2, each with half of the tests, of those that take longest,
# and <folder>-long (label "long") for the suites whose names end in Long; in apps, also apps-outside (label "outside")
# for those that start browsers or daemons.
function(hypar_tests folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  set(program hypar_${folder}_tests)
  add_executable(${program} ${sources})
  target_link_libraries(${program} PRIVATE hypar_tests_main)
  target_compile_options(${program} PRIVATE ${HYPAR_TEST_OPTIONS})
  target_precompile_headers(${program} REUSE_FROM hypar_tests_main)
  if(TARGET hypar_${folder})
    target_link_libraries(${program} PRIVATE hypar_${folder})
  endif()

  set(long "*Long.*:*Long/*.*") # the second pattern: typed suites, "RouterLong/0.Test"
  set(outside "*PageTest.*:RealSlurm.*")
  if(folder MATCHES "^(apps|sim)$")
    foreach(half IN ITEMS 0 1)
      math(EXPR number "${half} + 1")
      add_test(NAME ${folder}-${number} COMMAND ${program} "--gtest_filter=-${long}:${outside}")
      set_tests_properties(${folder}-${number} PROPERTIES COST 1 # they begin first
        ENVIRONMENT "GTEST_TOTAL_SHARDS=2;GTEST_SHARD_INDEX=${half}")
    endforeach()
  else()
    add_test(NAME ${folder} COMMAND ${program} "--gtest_filter=-${long}:${outside}")
  endif()
  add_test(NAME ${folder}-long COMMAND ${program} "--gtest_filter=${long}")
  set_tests_properties(${folder}-long PROPERTIES LABELS long TIMEOUT 7200)
  if(folder STREQUAL "apps")
    add_test(NAME ${folder}-outside COMMAND ${program} "--gtest_filter=${outside}")
    set_tests_properties(${folder}-outside PROPERTIES LABELS outside)
  endif()
endfunction()
