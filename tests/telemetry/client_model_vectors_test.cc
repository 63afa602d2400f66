#include <gtest/gtest.h>

#include "telemetry/src/client_initialize.h"
#include "telemetry/src/client_model.h"
#include "telemetry/src/protocol.h"
#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

const ClientType* type_of(const json::Value& vector) {
  const std::string_view method = member(vector, "method").text();
  if (method == "initialize") return &initialize_response_type();
  const bool request = *member(vector, "request").boolean();
  return client_type(request ? protocol::response_type(method)
                             : protocol::notification_type(method));
}

// Valid payloads, bent ones, of every notification and every response: what is refused and what
// is made of the rest.
TEST(ClientModel, TakesAndPrintsWhatTheRealModelsDo) {
  for_each_codex_vector("models", 4000, [](const json::Value& vector) {
    const ClientType* type = type_of(vector);
    ASSERT_NE(type, nullptr);
    const json::Value& value = member(vector, "value");
    const auto made = client_value(*type, value);
    if (const json::Value* data = vector.get("data")) {
      ASSERT_TRUE(made) << client_validation_error(*type, value);
      EXPECT_EQ(json::dump(*made), json::dump(*data));
    } else {
      ASSERT_FALSE(made) << json::dump(*made);
      EXPECT_EQ(client_validation_error(*type, value), member(vector, "error").text());
    }
  });
}

}  // namespace
}  // namespace codex::telemetry
