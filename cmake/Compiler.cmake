if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Kind of build" FORCE)
endif()

find_program(CTD_CCACHE ccache)
mark_as_advanced(CTD_CCACHE)
if(CTD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CTD_CCACHE}")
endif()

# __FILE__ is relative to the repository: no path of the machine gets into messages. The second
# form is what ccache makes of a path below CCACHE_BASEDIR.
file(RELATIVE_PATH source_from_build "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
add_compile_options(
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
  -fmacro-prefix-map=${source_from_build}=)
add_link_options(-Wl,--as-needed)
