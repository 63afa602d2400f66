# 40 min
#: AddressSanitizer and UndefinedBehaviorSanitizer over every test, those that scripts/test leaves out too

build() { ctd_build dev programs && ctd_link && ctd_build asan-ubsan; }

# Of OtlpFork.AtAnyMoment scripts/test says why not.
run() {
  ctest --preset asan-ubsan --parallel "$((ctd_jobs + 1))" \
    --exclude-regex '^telemetry/OtlpFork.AtAnyMoment$' \
    --output-log "$out/tests.log" --output-junit "$PWD/$out/tests.xml" --quiet
}
