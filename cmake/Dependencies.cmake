# Everything comes from the distribution. What is missing is named with its Debian package.
function(ctd_missing what package)
  message(FATAL_ERROR
    "${what} was not found. On Debian: apt-get install ${package}\n"
    "(scripts/setup installs everything that scripts/debian-packages.txt lists.)")
endfunction()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  ctd_missing("pkg-config" "pkg-config")
endif()

pkg_check_modules(RE2 QUIET IMPORTED_TARGET re2)
if(NOT RE2_FOUND)
  ctd_missing("re2" "libre2-dev")
endif()

find_package(OpenSSL QUIET COMPONENTS Crypto)
if(NOT OpenSSL_FOUND)
  ctd_missing("OpenSSL" "libssl-dev")
endif()

if(CODEX_TELEMETRY_OTLP)
  find_package(CURL 7.87 QUIET)
  if(NOT CURL_FOUND)
    ctd_missing("libcurl (7.87 or later)" "libcurl4-openssl-dev")
  endif()
  find_package(ZLIB QUIET)
  if(NOT ZLIB_FOUND)
    ctd_missing("zlib" "zlib1g-dev")
  endif()
endif()

find_package(nlohmann_json 3.11 QUIET CONFIG)
if(NOT nlohmann_json_FOUND)
  ctd_missing("nlohmann_json (3.11 or later)" "nlohmann-json3-dev")
endif()

find_package(CLI11 2.1 QUIET CONFIG)
if(NOT CLI11_FOUND)
  ctd_missing("CLI11 (2.1 or later)" "libcli11-dev")
endif()

# dtl ships no CMake package. Only <dtl/dtl.hpp> is self-contained.
find_path(CTD_DTL_INCLUDE_DIR dtl/dtl.hpp)
mark_as_advanced(CTD_DTL_INCLUDE_DIR)
if(NOT CTD_DTL_INCLUDE_DIR)
  ctd_missing("dtl" "libdtl-dev")
endif()
add_library(dtl::dtl INTERFACE IMPORTED)
target_include_directories(dtl::dtl SYSTEM INTERFACE "${CTD_DTL_INCLUDE_DIR}")

if(CTD_WITH_PYTHON)
  include(EmbeddedPython)
endif()

if(CTD_BUILD_TESTS)
  find_package(GTest 1.12 QUIET CONFIG)
  if(NOT GTest_FOUND)
    ctd_missing("GoogleTest (1.12 or later)" "libgtest-dev libgmock-dev")
  endif()
  if(NOT TARGET GTest::gmock)
    ctd_missing("GoogleMock" "libgmock-dev")
  endif()
  find_package(rapidcheck QUIET CONFIG)
  if(NOT rapidcheck_FOUND)
    ctd_missing("RapidCheck" "librapidcheck-dev")
  endif()
endif()
