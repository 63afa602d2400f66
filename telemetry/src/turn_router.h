// Which consumer of a turn sees which notifications.
//
// Source: openai-codex 0.163.0, openai_codex/_message_router.py: _TurnState, _TurnSubscription,
// pending_turn, prepare_turn, subscribe_turn, route_notification, fail_all, _prune_turn_events.
#ifndef CODEX_TELEMETRY_SRC_TURN_ROUTER_H_
#define CODEX_TELEMETRY_SRC_TURN_ROUTER_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codex/telemetry/client_error.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

// A notification as the client hands it out.
struct ClientNotification {
  std::string method;
  std::string_view name;  // the documented event's
  json::Value data;       // as it is shown
  bool known = true;      // its params are valid; otherwise an UnknownNotification
  std::optional<std::string> turn;
  std::optional<std::string> thread;
};

// Not thread-safe. A consumer reads as soon as there is something: what it returns ends it.
class TurnRouter {
 public:
  using Item = std::variant<std::shared_ptr<const ClientNotification>, ClientError>;
  // True when the consumer is done, which it always is with an error.
  using Consumer = std::function<bool(const Item& item)>;
  using Cursors = std::map<std::string, std::size_t>;

  // A turn/start has been sent for this thread: events are kept until end_request().
  Cursors begin_request(const std::string& thread);
  // Gives what the client raises then: a turn that was forgotten and came again in between has
  // fewer events than the cursor of its default consumer says. Nobody reads for that one, but it
  // stays, and may make the next functions fail too.
  std::optional<ClientError> end_request(const std::string& thread);
  // The client's default consumer of a turn: false, and not attached, where there is one already.
  // It begins at its cursor of before the request, or at the first event that is kept.
  bool attach_started(const std::string& turn, const std::string& thread, const Cursors& cursors,
                      Consumer consumer);
  // The same from the next event on.
  bool attach_default(const std::string& turn, Consumer consumer);
  // Any further consumer, from the next event on.
  void attach(const std::string& turn, Consumer consumer);

  // Of a notification that has a turn. Gives what the client's reader raises.
  std::optional<ClientError> route(std::shared_ptr<const ClientNotification> notification);
  // False where the client's reader raises in the middle of it: nobody is told anything.
  bool fail_all(const ClientError& error);
  // Lets every consumer read what there is for it.
  void run();
  // Turns that somebody still waits for, a turn as often as somebody does, in order of ids.
  std::vector<std::string> waiting() const;

 private:
  struct Subscription {
    std::size_t cursor = 0;
    bool is_default = false;
    Consumer consumer;  // empty: nobody reads
  };
  struct Turn {
    std::optional<std::string> thread;
    std::deque<Item> events;
    std::size_t first_event = 0;
    bool completed = false;
    std::vector<std::unique_ptr<Subscription>> subscriptions;
    std::size_t next_event() const { return first_event + events.size(); }
    bool has_default() const;
  };

  Turn& state(const std::string& turn, const std::optional<std::string>& thread);
  std::optional<ClientError> prune(std::map<std::string, Turn>::iterator turn);
  bool read(Turn& turn, Subscription& subscription);

  std::map<std::string, Turn> turns_;
  std::map<std::string, int> pending_;  // threads with a turn/start on its way
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_TURN_ROUTER_H_
