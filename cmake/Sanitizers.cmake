# Linked PRIVATE by every target of this project, never exported.
add_library(ctd_sanitizers INTERFACE)
if(CTD_SANITIZE)
  target_compile_options(ctd_sanitizers INTERFACE
    -fsanitize=${CTD_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(ctd_sanitizers INTERFACE -fsanitize=${CTD_SANITIZE})
  if(CTD_SANITIZE MATCHES "undefined")
    target_compile_options(ctd_sanitizers INTERFACE -fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # gcc 12 warns of its own instrumentation in inlined standard headers.
    target_compile_options(ctd_sanitizers INTERFACE
      -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds)
  endif()
endif()
