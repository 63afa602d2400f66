# Linked PRIVATE by every target of this project, never exported.
add_library(ctd_warnings INTERFACE)
target_compile_options(ctd_warnings INTERFACE
  -Wall
  -Wextra
  -Wpedantic
  -Wconversion
  -Wsign-conversion
  -Wshadow
  -Wnon-virtual-dtor
  -Woverloaded-virtual
  -Wold-style-cast
  -Wcast-align
  -Wcast-qual
  -Wformat=2
  -Wimplicit-fallthrough
  -Wextra-semi
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond>
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op>
  $<$<BOOL:${CTD_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False for std::string's operator+ (gcc bug 105651).
  target_compile_options(ctd_warnings INTERFACE -Wno-restrict)
endif()
