# ctd_library(NAME [SOURCES …] [PUBLIC …] [PRIVATE …])
# A library of one folder, included from the repository root ("golden/store.h"). With no
# sources it is an INTERFACE library, so that a folder of headers, or an empty one, configures.
function(ctd_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name}
      PUBLIC ${arg_PUBLIC}
      PRIVATE ${arg_PRIVATE} ctd_warnings ctd_sanitizers)
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} INTERFACE ${arg_PUBLIC})
  endif()
endfunction()

# ctd_executable(NAME [PROGRAM] [SOURCES …] [LIBRARIES …])
# A program in the bin folder of the build; nothing while it has no sources.
# PROGRAM: part of the tool, so of the target `programs`.
function(ctd_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PROGRAM" "" "SOURCES;LIBRARIES")
  if(NOT arg_SOURCES)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} ctd_warnings ctd_sanitizers)
  if(arg_PROGRAM)
    add_dependencies(programs ${name})
  endif()
endfunction()
