// CPython and its extension modules keep memory until the process ends, so the program that embeds
// them looks for no leaks. Every other program does.
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
