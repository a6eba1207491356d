# Where installed files go, below the prefix. hypar_library (HyparTargets.cmake) installs the libraries of the folders
# that a program of others may use; HyparPackage.cmake, which comes last, all the rest.
include(GNUInstallDirs)

set(HYPAR_PYTHON_DIR "lib/python3/dist-packages" CACHE STRING "Where Python finds packages, below the prefix")
set(HYPAR_DATA_DIR "${CMAKE_INSTALL_DATADIR}/hypar")
set(HYPAR_HEADER_DIR "${CMAKE_INSTALL_INCLUDEDIR}/hypar")
set(HYPAR_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/hypar")
