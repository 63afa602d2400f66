# The Python that is embedded must be the one that makes the environment with the clients, and
# another one (a pyenv shim, say) often stands first on PATH. So it is named, never searched.
if(NOT EXISTS "${CTD_PYTHON}")
  ctd_missing("The Python to embed (CTD_PYTHON=${CTD_PYTHON})" "python3 python3-dev")
endif()
set(Python_EXECUTABLE "${CTD_PYTHON}")
set(Python_FIND_VIRTUALENV STANDARD)
execute_process(
  COMMAND "${CTD_PYTHON}" -I -c "import sys; print(sys.base_prefix)"
  OUTPUT_VARIABLE Python_ROOT_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
find_package(Python 3.10 QUIET COMPONENTS Interpreter Development.Embed Development.Module)
if(NOT Python_FOUND)
  ctd_missing("The headers and library of ${CTD_PYTHON} (3.10 or later)" "python3-dev")
endif()

set(PYBIND11_FINDPYTHON ON)
find_package(pybind11 2.10 QUIET CONFIG)
if(NOT pybind11_FOUND)
  ctd_missing("pybind11 (2.10 or later)" "pybind11-dev")
endif()
message(STATUS "Embedded Python: ${Python_VERSION} (${Python_EXECUTABLE})")
