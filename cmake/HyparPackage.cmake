# What is installed beside the libraries, and the Debian packages of it: hypar, and hypar-dev with the libraries.

install(TARGETS hypar RUNTIME COMPONENT program)

# As in the sources: base/data_folder.h.
install(DIRECTORY configs DESTINATION "${HYPAR_DATA_DIR}" COMPONENT program)
install(DIRECTORY workloads/networks DESTINATION "${HYPAR_DATA_DIR}/workloads" COMPONENT program)
install(DIRECTORY report/page DESTINATION "${HYPAR_DATA_DIR}/report" COMPONENT program)
install(DIRECTORY third_party DESTINATION "${HYPAR_DATA_DIR}" COMPONENT program)

# Manual pages and completions: apps/CMakeLists.txt.
install(DIRECTORY "${PROJECT_BINARY_DIR}/reference/" DESTINATION "${CMAKE_INSTALL_DATADIR}" COMPONENT program)

install(DIRECTORY python/hypar DESTINATION "${HYPAR_PYTHON_DIR}" COMPONENT program
        FILES_MATCHING PATTERN *.py PATTERN py.typed PATTERN __pycache__ EXCLUDE)

install(FILES README.md CONTRIBUTING.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program RENAME copyright)
install(DIRECTORY docs examples DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)
install(DIRECTORY python/examples DESTINATION "${CMAKE_INSTALL_DOCDIR}/python" COMPONENT program)

add_library(hypar_all INTERFACE)
set_target_properties(hypar_all PROPERTIES EXPORT_NAME hypar)
target_link_libraries(hypar_all INTERFACE hypar_report)
install(TARGETS hypar_all EXPORT hypar)
install(EXPORT hypar NAMESPACE hypar:: FILE hyparTargets.cmake DESTINATION "${HYPAR_CMAKE_DIR}" COMPONENT dev)
include(CMakePackageConfigHelpers)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/hyparConfigVersion.cmake" COMPATIBILITY ExactVersion)
install(FILES cmake/hyparConfig.cmake "${PROJECT_BINARY_DIR}/hyparConfigVersion.cmake"
        DESTINATION "${HYPAR_CMAKE_DIR}" COMPONENT dev)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "maintainers of hypar <hypar@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
set(CPACK_COMPONENTS_ALL program dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME hypar)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "python3 (>= 3.9), python3-pandas")
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME hypar-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "hypar (= ${PROJECT_VERSION}), libboost-graph-dev, libfmt-dev, libsystemc-dev, \
libyaml-cpp-dev, nlohmann-json3-dev, pkg-config")
set(CPACK_DEBIAN_DEV_DESCRIPTION "${PROJECT_DESCRIPTION}: the libraries")
include(CPack)
